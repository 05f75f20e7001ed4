// Sign-in through one OpenID provider: the code flow with PKCE, state and nonce, which wait in a cookie of the browser
// that began it. So any api finishes what another began. Held by oidc.test.ts.
import { logLimited, openSession, personOfProvider, type ProviderAccount, type Services } from '@proviso/core';
import { Router, type Request, type Response } from 'express';
import * as client from 'openid-client';
import { z } from 'zod';
import { logSignIn } from './log-sign-in.ts';
import { browserOf, setSessionCookie } from './session-cookie.ts';

export interface OidcSettings {
  issuer: string;
  clientId: string;
  /** Null: a public client, which PKCE alone protects. */
  clientSecret: string | null;
  /** As registered at the provider: the address of /api/auth/oidc/callback. */
  redirectUri: string;
  /** What the button says. */
  name: string;
}

const TIMEOUT_S = 10;
const FLOW_MS = 10 * 60_000;
const SCOPE = 'openid email profile';

const flow = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() });
type Flow = z.output<typeof flow>;

interface Sessions {
  /** The person whose session the request has; null = nobody. */
  signedInId: (req: Request) => Promise<string | null>;
  endFormer: (req: Request) => Promise<void>;
}

export function oidcRouter({ db, log }: Services, settings: OidcSettings, sessions: Sessions): Router {
  const provider = discoverOnce(settings);
  const router = Router();
  const cookie = cookieOf(settings.redirectUri);
  router.get('/', async (req, res) => {
    const began: Flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      next: ownAddress(req.query.next),
    };
    const target = client.buildAuthorizationUrl(await provider(), {
      redirect_uri: settings.redirectUri,
      scope: SCOPE,
      state: began.state,
      nonce: began.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(began.verifier),
      code_challenge_method: 'S256',
    });
    res.cookie(cookie.name, Buffer.from(JSON.stringify(began)).toString('base64url'), {
      ...cookie.options,
      maxAge: FLOW_MS,
    });
    res.redirect(303, target.href);
  });
  router.get('/callback', async (req, res) => {
    const began = flowIn(req, cookie.name);
    res.clearCookie(cookie.name, cookie.options); // it serves one attempt
    try {
      if (!began) return refuse(res, 'expired');
      const account = await accountOf(await provider(), began, callbackUrl(settings, req));
      const signedInId = await sessions.signedInId(req);
      const found = await personOfProvider(db, { ...account, issuer: settings.issuer }, signedInId);
      if ('refused' in found) {
        logLimited(log, { reason: found.refused, address: browserOf(req).ipAddress }, 'a sign-in was refused');
        return refuse(res, found.refused);
      }
      await sessions.endFormer(req);
      setSessionCookie(req, res, (await openSession(db, found.userId, browserOf(req))).token);
      logSignIn({ log }, { userId: found.userId, method: 'openid', address: browserOf(req).ipAddress });
      res.redirect(303, began.next);
    } catch (error) {
      log.warn({ err: error }, 'a sign-in through the OpenID provider failed');
      refuse(res, 'failed');
    }
  });
  return router;
}

/** The page has the words for each reason, so that no link can put other words there. */
const refuse = (res: Response, reason: string): void => res.redirect(303, `/sign-in?refused=${reason}`);

/** Discovers the issuer with the first sign-in, and again after a failure. */
function discoverOnce(settings: OidcSettings): () => Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  let found: Promise<client.Configuration> | undefined;
  const url = new URL(issuer);
  const execute = url.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const authentication = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret);
  return () =>
    (found ??= client
      .discovery(url, clientId, undefined, authentication, { execute, timeout: TIMEOUT_S })
      .catch((error: unknown) => {
        found = undefined;
        throw error;
      }));
}

/** Checks state, nonce, PKCE, the issuer and the ID token. Throws if one does not match. */
async function accountOf(
  provider: client.Configuration,
  { state, nonce, verifier }: Flow,
  url: URL,
): Promise<Omit<ProviderAccount, 'issuer'>> {
  const tokens = await client.authorizationCodeGrant(provider, url, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims) throw new Error('the provider sent no ID token');
  const said =
    claims.email === undefined
      ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) // some providers say it only there
      : claims;
  return {
    subject: claims.sub,
    email: typeof said.email === 'string' ? said.email : undefined,
    emailVerified: said.email_verified === true,
    name: typeof said.name === 'string' && said.name.trim() !== '' ? said.name.trim().slice(0, 200) : undefined,
  };
}

/** The registered address with what the provider added to it: never the Host header. */
function callbackUrl({ redirectUri }: OidcSettings, req: Request): URL {
  const url = new URL(redirectUri);
  url.search = new URL(req.originalUrl, url).search;
  return url;
}

/** Only an address of ours, so that no link leads elsewhere after the sign-in. */
function ownAddress(next: unknown): string {
  if (typeof next !== 'string' || next.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next)) return '/';
  const base = 'http://own.invalid';
  const url = new URL(next, base);
  return url.origin === base ? url.pathname + url.search + url.hash : '/';
}

/** With TLS no subdomain can set it. */
function cookieOf(redirectUri: string) {
  const secure = redirectUri.startsWith('https:');
  const name = secure ? '__Host-proviso_oidc' : 'proviso_oidc';
  return { name, options: { httpOnly: true, sameSite: 'lax', path: '/', secure } as const };
}

function flowIn(req: Request, name: string): Flow | undefined {
  const pairs = (req.headers.cookie ?? '').split(/;\s*/);
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  try {
    const read = flow.parse(JSON.parse(Buffer.from(value ?? '', 'base64url').toString()));
    return { ...read, next: ownAddress(read.next) };
  } catch {
    return undefined;
  }
}
