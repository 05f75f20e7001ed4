import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { METRICS, type MetricName } from './definitions.ts';

/** What METRICS lists, ready to be written. */
export interface Instruments {
  counters: Record<MetricName<'counter'>, Counter>;
  gauges: Record<MetricName<'gauge'>, Gauge>;
  histograms: Record<MetricName<'histogram'>, Histogram>;
}

export function createInstruments(registry: Registry): Instruments {
  const made = { counter: {}, gauge: {}, histogram: {} } as Record<string, Record<string, unknown>>;
  for (const { name, kind, help, labels, ...more } of METRICS) {
    const common = { name, help, labelNames: [...labels], registers: [registry] };
    const buckets = 'buckets' in more && { buckets: [...more.buckets] };
    const byName = (made[kind] ??= {});
    if (kind === 'counter') byName[name] = new Counter(common);
    else if (kind === 'gauge') byName[name] = new Gauge(common);
    else byName[name] = new Histogram({ ...common, ...buckets });
  }
  return { counters: made.counter, gauges: made.gauge, histograms: made.histogram } as unknown as Instruments;
}
