import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { requestId } from './errors.ts';

const tracer = trace.getTracer('proviso');

/** A span per request, named after its route. It continues the trace that the caller's `traceparent` names. */
export const traceRequests: RequestHandler = (req, res, next) => {
  if (req.path === '/livez' || req.path === '/readyz') return next();
  const parent = propagation.extract(context.active(), req.headers);
  const attributes = { 'http.request.method': req.method, 'proviso.request.id': requestId(req) };
  const span = tracer.startSpan(req.method, { kind: SpanKind.SERVER, attributes }, parent);
  res.once('close', () => {
    const { route, action } = res.locals as { route?: string; action?: string };
    if (route) span.updateName(`${req.method} ${route}`).setAttribute('http.route', route);
    if (action) span.setAttribute('proviso.action.id', action);
    span.setAttribute('http.response.status_code', res.statusCode);
    if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
};
