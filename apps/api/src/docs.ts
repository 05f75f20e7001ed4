import { createRequire } from 'node:module';
import path from 'node:path';
import type { RateLimits, Registry } from '@proviso/core';
import express, { Router } from 'express';
import { describeRoutes } from './document.ts';
import { consumeStrangerLimit, strangerAt } from './rate-limiting.ts';
import type { Route } from './route.ts';

const VERSION = '0.1.0';

/** Serves the reference from this process: the document at /openapi.json and a page to read it at /docs. */
export function docsRouter(routes: readonly Route[], executors: Registry, limits: RateLimits | undefined): Router {
  let document: Buffer | undefined;
  // Built on the first request, because it takes longer than the rest of the start.
  const describe = (): Buffer => (document ??= Buffer.from(JSON.stringify(describeRoutes(routes, executors, VERSION))));
  const files = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = Router();
  router.use(['/openapi.json', '/docs'], async (req, res, next) => {
    await consumeStrangerLimit(limits, strangerAt(req), res);
    next();
  });
  router.get('/openapi.json', (_req, res) => void res.type('json').send(describe()));
  router.get('/docs/swagger-initializer.js', (_req, res) => void res.type('js').send(INITIALIZER));
  router.use('/docs', express.static(files, { index: 'index.html' }));
  return router;
}

const INITIALIZER = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: 'BaseLayout',
  });
};`;
