import {
  AppError,
  authenticatePerson,
  endSession,
  sessionCredential,
  type RateLimits,
  type Services,
} from '@proviso/core';
import {
  json,
  Router,
  type Request as ExpressRequest,
  type RequestHandler,
  type Response as ExpressResponse,
} from 'express';
import { z } from 'zod';
import { consumeStrangerLimit, consumeSignIn, strangerAt } from '../rate-limiting.ts';
import { requireSameOrigin } from '../same-origin.ts';
import type { OidcSettings } from './oidc.ts';
import type { Authenticator } from './better-auth.ts';
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from './session-cookie.ts';

/** The cookie in which better-auth returns a session's token. */
const SESSION_COOKIE = /^(?:__Secure-)?better-auth\.session_token=([^;.]+)/;

/** Only this router sets it, so that better-auth knows the caller's address. */
const ADDRESS_HEADER = 'x-proviso-address';

const credentials = z.strictObject({ email: z.string().max(254), password: z.string().max(255) });

/** Mounted at /api/auth, before any body is read. Serves only the addresses of better-auth that are listed here. */
export function signInRouter(services: Services, limits: RateLimits | undefined, oidc?: OidcSettings): Router {
  const authenticator = lazyAuthenticator(services);
  const router = Router();
  router.use(requireSameOrigin, noStore, async (req, res, next) => {
    await consumeStrangerLimit(limits, strangerAt(req), res);
    next();
  });
  router.get('/ok', async (req, res) => {
    const answer = await (await authenticator())(requestOf(req));
    res.status(answer.status).json(await answer.json());
  });
  router.post('/sign-in/email', json({ limit: '4kb', type: () => true }), async (req, res) => {
    const { email, password } = credentials.parse(req.body);
    const attempt = await consumeSignIn(limits, `email:${email.toLowerCase()}`, req, res);
    const answer = await (await authenticator())(requestOf(req, { email, password }));
    const token = tokenIn(answer);
    if (!token) throw new AppError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.');
    attempt.isGood();
    await endFormer(services, req);
    setSessionCookie(req, res, token);
    res.json({ status: 'success' });
  });
  router.get('/providers', (_req, res) => {
    res.json({ status: 'success', providers: oidc ? [{ name: oidc.name, path: '/api/auth/oidc' }] : [] });
  });
  if (oidc) router.use('/oidc', lazyOidc(services, oidc));
  router.post('/sign-out', async (req, res) => {
    await endFormer(services, req);
    clearSessionCookie(req, res);
    res.json({ status: 'success' });
  });
  return router;
}

/** Loads better-auth on the first sign-in, because that takes half a second. */
/** better-auth is loaded with the first sign-in: an import of one of its values here would load it at every start. */
function lazyAuthenticator(services: Services): () => Promise<Authenticator> {
  let loaded: Promise<Authenticator> | undefined;
  return () =>
    (loaded ??= import('./better-auth.ts').then(({ openBetterAuth }) => openBetterAuth(services, ADDRESS_HEADER)));
}

/** Loads the client of OpenID Connect on the first sign-in through it. */
function lazyOidc(services: Services, settings: OidcSettings): RequestHandler {
  let loaded: Promise<RequestHandler> | undefined;
  const sessions = {
    signedInId: (req: ExpressRequest) => signedInId(services, req),
    endFormer: (req: ExpressRequest) => endFormer(services, req),
  };
  return async (req, res, next) => {
    const handle = await (loaded ??= import('./oidc.ts').then(({ oidcRouter }) =>
      oidcRouter(services, settings, sessions),
    ));
    handle(req, res, next);
  };
}

async function signedInId({ db }: Services, req: ExpressRequest): Promise<string | null> {
  const token = sessionTokenOf(req);
  if (!token) return null;
  const person = await authenticatePerson(db, sessionCredential(token)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return undefined;
    throw error;
  });
  return person?.person.id ?? null;
}

async function endFormer({ db }: Services, req: ExpressRequest): Promise<void> {
  const former = sessionTokenOf(req);
  if (former) await endSession(db, former);
}

/** The request for better-auth. Only the router tells it who the caller is. */
function requestOf(req: ExpressRequest, body?: object): Request {
  const headers = new Headers({
    [ADDRESS_HEADER]: req.ip ?? '',
    'user-agent': req.get('user-agent') ?? '',
    ...(body && { 'content-type': 'application/json' }),
  });
  const url = new URL(req.originalUrl, `${req.protocol}://${req.get('host') ?? 'localhost'}`);
  return new Request(url, { method: req.method, headers, ...(body && { body: JSON.stringify(body) }) });
}

function tokenIn(answer: Response): string | undefined {
  for (const cookie of answer.ok ? answer.headers.getSetCookie() : []) {
    const [, token] = SESSION_COOKIE.exec(cookie) ?? [];
    if (token) return token;
  }
  return undefined;
}

const noStore: RequestHandler = (_req, res: ExpressResponse, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
