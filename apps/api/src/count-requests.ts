import type { Metrics } from '@proviso/metrics';
import type { RequestHandler } from 'express';

/** Counts each request when its reply ends, by the pattern of its route. An event stream is not a request to measure. */
export function countRequests(metrics: Metrics): RequestHandler {
  return ({ method }, res, next) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const { route = 'other', isStream } = res.locals as { route?: string; isStream?: boolean };
      if (isStream) return;
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.countRequest({ method, route, status: res.statusCode, seconds });
    });
    next();
  };
}
