// better-auth verifies who somebody is. It opens no session itself: `openSession` does, so that a token is stored only
// as a hash and expires by the database's clock.
import { hkdfSync, randomBytes } from 'node:crypto';
import { hashPassword, newId, openSession, verifyPassword, type Services } from '@proviso/core';
import type { BetterAuthOptions, DBAdapter } from 'better-auth/types';
import { betterAuth } from 'better-auth/minimal';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { logSignIn } from './log-sign-in.ts';

export type Authenticator = (request: Request) => Promise<Response>;

/** Its models, in our tables and columns. */
const OUR_TABLES = {
  user: {
    modelName: 'users',
    fields: {
      email: 'sign_in_email',
      emailVerified: 'email_verified',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
  account: {
    modelName: 'sign_in_methods',
    fields: {
      userId: 'user_id',
      providerId: 'provider_id',
      accountId: 'account_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
    storeStateStrategy: 'cookie',
  },
} satisfies Partial<BetterAuthOptions>;

/** `addressHeader` is the request header with the caller's address. */
export function openBetterAuth(
  { db, secrets, log }: Pick<Services, 'db' | 'secrets' | 'log'>,
  addressHeader: string,
): Authenticator {
  const auth = betterAuth({
    appName: 'Proviso',
    basePath: '/api/auth',
    secret: signingSecret(secrets),
    database: (options: BetterAuthOptions) =>
      withOurSessions({ db, log }, prismaAdapter(db.tables, { provider: 'postgresql' })(options)),
    telemetry: { enabled: false },
    rateLimit: { enabled: false }, // the router counts, across all processes
    logger: { log: (level, message) => log.debug({ level }, message) },
    ...OUR_TABLES,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true, // people join by invitation
      minPasswordLength: 1,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(password, hash) },
    },
    advanced: {
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      disableOriginCheck: false,
      disableCSRFCheck: true, // same-origin.ts refuses other sites first
    },
  });
  return (request) => auth.handler(request);
}

/** Signs the state of a sign-in through a provider. Without a key ring, a restart invalidates sign-ins in progress. */
const signingSecret = (secrets: Services['secrets']): string => {
  const [key = randomBytes(32)] = secrets.values();
  return Buffer.from(hkdfSync('sha256', key, '', 'proviso better-auth', 32)).toString('base64url');
};

/** An adapter that opens sessions through us; better-auth reads, changes and lists none. */
function withOurSessions({ db, log }: Pick<Services, 'db' | 'log'>, adapter: DBAdapter): DBAdapter {
  return {
    ...adapter,
    create: async (query) => {
      if (query.model !== 'session') return adapter.create(query);
      const { userId, ipAddress, userAgent } = query.data as unknown as NewSession;
      const opened = await openSession(db, userId, { ipAddress: ipAddress || null, userAgent: userAgent || null });
      logSignIn({ log }, { userId, method: 'password', address: ipAddress || null });
      const { id, token, created_at, expires_at } = opened;
      return { id, userId, token, createdAt: created_at, updatedAt: created_at, expiresAt: expires_at } as never;
    },
    transaction: (work) => adapter.transaction((tx) => work(withOurSessions({ db, log }, tx as DBAdapter))),
  };
}

interface NewSession {
  userId: string;
  ipAddress?: string;
  userAgent?: string;
}
