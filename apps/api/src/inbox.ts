// Serves the inbox from apps/inbox/dist. It uses only the public API. Held by inbox.test.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RateLimits } from '@proviso/core';
import express, { Router, type RequestHandler, type Request, type Response } from 'express';
import { consumeStrangerLimit, strangerAt } from './rate-limiting.ts';

/** The output of `npm run build`. */
export const INBOX_DIR = fileURLToPath(new URL('../../inbox/dist', import.meta.url));

/**
 * Allows scripts and styles from this origin's files only, and nothing from elsewhere. A frame with a mail's HTML
 * inherits this policy. Held by tests/browser/safety.test.ts.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The addresses of programs: a mistyped one answers with an error, not with the page. */
const API_PATHS = /^\/(?:v1|api|admin|docs|openapi\.json|livez|readyz|metrics)(?:\/|$)/;

export interface InboxFiles {
  /** The files under the names that the page uses. */
  files: RequestHandler;
  /** The page, for a browser at any address that is not a program's. */
  page: RequestHandler;
  isBuilt(): boolean;
  sendPage(res: Response): void;
}

export function inboxFiles(dir: string, limits: RateLimits | undefined): InboxFiles {
  const index = path.join(dir, 'index.html');
  const isBuilt = (): boolean => existsSync(index);
  const sendPage = (res: Response): void => {
    res.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' });
    res.sendFile(index, { cacheControl: false });
  };
  const files = Router();
  // Their names contain a hash of their content.
  files.use('/assets', express.static(path.join(dir, 'assets'), { index: false, immutable: true, maxAge: '1y' }));
  files.use(express.static(dir, { index: false, maxAge: '1h' }));
  return {
    files,
    page: async (req, res, next) => {
      if (!isPageRequest(req) || !isBuilt()) return next();
      await consumeStrangerLimit(limits, strangerAt(req), res);
      sendPage(res);
    },
    isBuilt,
    sendPage,
  };
}

/** A browser opens an address. A request without an Accept header gets JSON. */
const isPageRequest = (req: Request): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') &&
  !API_PATHS.test(req.path) &&
  !path.extname(req.path) &&
  req.accepts(['json', 'html']) === 'html';
