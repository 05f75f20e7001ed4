// Bull Board, for operators. Its buttons ring doorbells and nothing else: what a job may run is decided by the row.
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { AppError, hashToken, type Services } from '@proviso/core';
import { Router, urlencoded, type RequestHandler } from 'express';
import { COOKIE, cookieOptions, isOperator, openSession } from './session.ts';
import { signInPage } from './sign-in-page.ts';

const BOARD = '/queues';

/** Mounted at /admin: the sign-in page, and the board behind it. */
export function boardRouter({ db, queue }: Services): Router {
  const adapter = new ExpressAdapter().setBasePath(`/admin${BOARD}`);
  createBullBoard({
    queues: [
      new BullMQAdapter(queue.board, { description: 'Doorbells: a job holds an action’s id, never what to do.' }),
    ],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Proviso', hideDocsLink: true } },
  });
  const router = Router();
  router.use(sameSite);
  router.get('/sign-in', (_req, res) => void res.type('html').send(signInPage()));
  router.post('/sign-in', urlencoded({ extended: false, limit: '4kb' }), async (req, res) => {
    const { key } = (req.body ?? {}) as { key?: unknown };
    const session = typeof key === 'string' ? await openSession(db, hashToken(key.trim())) : undefined;
    if (!session) return void res.status(403).type('html').send(signInPage('This is not a key with instance:operate.'));
    res.cookie(COOKIE, session, cookieOptions(req.secure || req.headers['x-forwarded-proto'] === 'https'));
    res.redirect(303, `/admin${BOARD}`);
  });
  router.post('/sign-out', (_req, res) => {
    res.clearCookie(COOKIE, { path: '/admin' });
    res.redirect(303, '/admin/sign-in');
  });
  router.use(BOARD, async (req, res, next) => {
    if (await isOperator(db, req.headers.cookie)) return next();
    if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html') return res.redirect(303, '/admin/sign-in');
    throw new AppError('UNAUTHENTICATED', 'Sign in at /admin/sign-in with a key that has instance:operate.');
  });
  router.use(BOARD, refuseThrottles, adapter.getRouter() as RequestHandler);
  return router;
}

/** A form of another site cannot use the cookie's rights, nor sign in for somebody. */
const sameSite: RequestHandler = (req, _res, next) => {
  const site = req.headers['sec-fetch-site'];
  if (req.method !== 'GET' && site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new AppError('FORBIDDEN', 'This request comes from another site.');
  next();
};

/** Pausing the queue would stop nothing (the sweeps go on) and look as if it did: POST /v1/pause stops. The board's routes heed no case. */
const refuseThrottles: RequestHandler = (req, _res, next) => {
  if (req.method !== 'GET' && /\/(pause|resume|concurrency|rate-limit)(\/|$)/i.test(req.path))
    throw new AppError('FORBIDDEN', 'The queue is a doorbell, and pausing it stops nothing. Use POST /v1/pause.');
  next();
};
