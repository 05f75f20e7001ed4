// OpenTelemetry's SDK. The apps load this package only when a collector is configured.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

export interface Tracing {
  /** Sends what has not been sent, and stops. */
  close(): Promise<void>;
}

/** Sends the spans of this process to an OTLP collector over HTTP. The SDK reads its other variables (`OTEL_…`) itself. */
export function startTracing(endpoint: string, service: string): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'proviso' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  // A collector that is away must not keep a shutdown waiting.
  return { close: () => provider.shutdown().catch(() => undefined) };
}
