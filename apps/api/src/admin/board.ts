import {
  AppError,
  authenticate,
  endOperatorSession,
  findOperatorSession,
  logLimited,
  lookupOf,
  openOperatorSession,
  sessionCredential,
  type RateLimits,
  type Services,
} from '@proviso/core';
import { Router, urlencoded, type Request, type RequestHandler } from 'express';
import type { KnownTokens } from '../known-tokens.ts';
import { consumeStrangerLimit, consumeSignIn, lookUpCaller, strangerAt } from '../rate-limiting.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { homePage } from './home-page.ts';
import { queueBoard } from './queue-board.ts';
import { assertSameOrigin, requireSameOrigin } from '../same-origin.ts';
import { sessionTokenOf } from '../sign-in/session-cookie.ts';
import { clearSessionCookie, sessionIdOf, setSessionCookie } from './session-cookie.ts';
import { signInPage } from './sign-in-page.ts';

const BOARD = '/queues';
/** The tenant under which operator sessions are cached. */
const OPERATOR = 'operator';

export interface Door {
  limits?: RateLimits | undefined;
  refusals: RefusalLog;
  knownTokens: KnownTokens;
}

function keyIn(body: unknown): string {
  const { key } = (body ?? {}) as { key?: unknown };
  return typeof key === 'string' ? key.trim() : '';
}

function logSignIn(log: Services['log'], key: string, { ip }: Request): void {
  logLimited(log, { key: lookupOf(key), address: ip }, 'an operator signed in to the board');
}

/** Mounted at /admin: the sign-in page, and behind it the home page and the board. */
export function boardRouter(
  { db, queue, log }: Pick<Services, 'db' | 'queue' | 'log'>,
  { limits, refusals, knownTokens }: Door,
): Router {
  const router = Router();
  const isKnown = (session: string | undefined): boolean => knownTokens.tenantOf(session) !== undefined;
  router.use(requireSameOrigin, noStore);
  router.use(['/sign-in', '/sign-out'], async (req, res, next) => {
    if (!isKnown(sessionIdOf(req))) await consumeStrangerLimit(limits, strangerAt(req), res);
    next();
  });
  router.get('/sign-in', (_req, res) => void res.type('html').send(signInPage()));
  router.post('/sign-in', urlencoded({ extended: false, limit: '4kb' }), async (req, res) => {
    const given = keyIn(req.body);
    const signIn = await consumeSignIn(limits, `key:${lookupOf(given)}`, req, res);
    const id = await openOperatorSession(db, given, sessionIdOf(req));
    if (!id) {
      refusals.tell(req, 'a sign-in to the board was refused');
      return void res.status(403).type('html').send(signInPage('This key lacks the scope instance:operate.'));
    }
    signIn.isGood();
    logSignIn(log, given, req);
    knownTokens.remember(id, OPERATOR);
    setSessionCookie(req, res, id);
    res.redirect(303, `/admin${BOARD}`);
  });
  router.post('/sign-out', async (req, res) => {
    await endOperatorSession(db, sessionIdOf(req));
    clearSessionCookie(res);
    res.redirect(303, '/admin/sign-in');
  });
  router.use(async (req, res, next) => {
    const person = sessionTokenOf(req);
    const id = sessionIdOf(req) || (person && sessionCredential(person));
    if (person) assertSameOrigin(req);
    try {
      await lookUpCaller({ limits, given: id, isKnown: isKnown(id), find: () => assertOperator(db, req) }, req, res);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') throw error;
      knownTokens.forget(id);
      if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html') return res.redirect(303, '/admin/sign-in');
      throw error;
    }
    if (id && !isKnown(id)) knownTokens.remember(id, OPERATOR);
    next();
  });
  router.get('/', (_req, res) => void res.type('html').send(homePage()));
  router.use(BOARD, refusePause, queueBoard(queue, `/admin${BOARD}`));
  return router;
}

/**
 * Accepts a session that a key opened, or the session of a person who may operate the instance. Throws UNAUTHENTICATED.
 */
async function assertOperator(db: Services['db'], req: Request): Promise<void> {
  const [id, person] = [sessionIdOf(req), sessionTokenOf(req)];
  if (id && (await findOperatorSession(db, id))) return;
  const callers = person ? await authenticate(db, sessionCredential(person)) : [];
  if (callers.some(({ scopes }) => scopes.includes('instance:operate'))) return;
  throw new AppError(
    'UNAUTHENTICATED',
    'Sign in as an operator, or at /admin/sign-in with a key that has the scope instance:operate.',
  );
}

/** After a sign-out, the browser's back button must show nothing. */
const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/**
 * Pausing the queue would look as if it stopped work, but the sweeps would go on. POST /v1/pause does stop it. The
 * board's routes ignore case.
 */
const refusePause: RequestHandler = (req, _res, next) => {
  if (req.method !== 'GET' && /\/(pause|resume|concurrency|rate-limit)(\/|$)/i.test(req.path))
    throw new AppError('FORBIDDEN', 'The queue only wakes workers, so pausing it stops nothing. Use POST /v1/pause.');
  next();
};
