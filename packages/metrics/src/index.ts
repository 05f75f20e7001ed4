export { METRICS } from './definitions.ts';
export { openMetrics, type Metrics } from './open-metrics.ts';
export { sendMetrics, serveMetrics } from './serve-metrics.ts';
