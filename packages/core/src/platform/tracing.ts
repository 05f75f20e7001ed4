// Spans through OpenTelemetry's API, which does nothing until an app starts its SDK (packages/tracing). A decision may
// come days after the proposal, so the spans of a decision and of a run link to the proposal's. Held by
// tests/stories/tracing.test.ts.
import { isSpanContextValid, SpanStatusCode, trace, type Link, type SpanOptions } from '@opentelemetry/api';

const tracer = trace.getTracer('proviso');

/** The active span as W3C Trace Context writes it; null without one. */
export function activeTraceparent(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

export function linksTo(traceparent: string | null): Link[] {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  return traceId && spanId
    ? [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true } }]
    : [];
}

/** Links the active span, such as that of the request that decides, to the proposal's. */
export function linkActiveSpan(traceparent: string | null): void {
  const span = trace.getActiveSpan();
  if (span) span.addLinks(linksTo(traceparent).filter(({ context }) => context.traceId !== span.spanContext().traceId));
}

/** Runs `work` in a new span, which ends with it. The error of a failed span is in the log, not in the trace. */
export function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
