import { COMMON_ENVIRONMENT, commonConfig, readEnvironment, type CommonConfig } from '@proviso/core';
import { EXECUTOR_ENVIRONMENT, executorSettings, type ProviderSettings } from '@proviso/executors';
import { z } from 'zod';
import type { OidcSettings } from './sign-in/oidc.ts';

const CALLBACK_PATH = '/api/auth/oidc/callback';

function isHttpsOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

const environment = z.object({
  ...COMMON_ENVIRONMENT,
  ...EXECUTOR_ENVIRONMENT,
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  PROVISO_METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  PROVISO_METRICS_HOST: z.string().default('127.0.0.1'),
  PROVISO_POOL_MAX: z.coerce.number().int().min(1).max(100).default(8),
  PROVISO_RATE_LIMIT: z.coerce.number().int().min(1).max(1_000_000).default(600),
  PROVISO_RATE_LIMIT_PERSON: z.coerce.number().int().min(1).max(5_000_000).optional(),
  PROVISO_RATE_LIMIT_WORKSPACE: z.coerce.number().int().min(1).max(5_000_000).optional(),
  PROVISO_OIDC_ISSUER: z.url().refine(isHttpsOrLoopback, 'must be https://, or http:// on this machine').optional(),
  PROVISO_OIDC_CLIENT_ID: z.string().optional(),
  PROVISO_OIDC_CLIENT_SECRET: z.string().optional(),
  PROVISO_OIDC_REDIRECT_URI: z
    .url()
    .refine(isHttpsOrLoopback, 'must be https://, or http:// on this machine')
    .refine((uri) => URL.canParse(uri) && new URL(uri).pathname === CALLBACK_PATH, `must end with ${CALLBACK_PATH}`)
    .optional(),
  PROVISO_OIDC_NAME: z.string().max(60).optional(),
});

/** PROVISO_OIDC_ISSUER turns it on; then the client and the address are required. */
function oidcSettings(read: z.output<typeof environment>): OidcSettings | undefined {
  const { PROVISO_OIDC_ISSUER: issuer, PROVISO_OIDC_CLIENT_ID: clientId } = read;
  const { PROVISO_OIDC_REDIRECT_URI: redirectUri, PROVISO_OIDC_CLIENT_SECRET: clientSecret = null } = read;
  if (issuer === undefined) return undefined;
  if (clientId === undefined || redirectUri === undefined)
    throw new Error('PROVISO_OIDC_ISSUER needs PROVISO_OIDC_CLIENT_ID and PROVISO_OIDC_REDIRECT_URI. Set both.');
  return { issuer, clientId, clientSecret, redirectUri, name: read.PROVISO_OIDC_NAME ?? new URL(issuer).host };
}

export interface ApiConfig extends CommonConfig {
  providers: ProviderSettings;
  port: number;
  host: string;
  /** The port of /metrics; absent = they are not served. */
  metricsPort: number | undefined;
  metricsHost: string;
  /** Connections to PostgreSQL, not counting the queue's. */
  poolMax: number;
  /** Requests per minute for each token, and for each address without a valid one. */
  rateLimit: number;
  rateLimitPerson: number | undefined;
  rateLimitWorkspace: number | undefined;
  oidc: OidcSettings | undefined;
}

/** Reads the environment; throws one error that lists every fault. */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const read = readEnvironment(environment, env);
  return {
    ...commonConfig(read),
    providers: executorSettings(read),
    port: read.PORT,
    host: read.HOST,
    metricsPort: read.PROVISO_METRICS_PORT,
    metricsHost: read.PROVISO_METRICS_HOST,
    poolMax: read.PROVISO_POOL_MAX,
    rateLimit: read.PROVISO_RATE_LIMIT,
    rateLimitPerson: read.PROVISO_RATE_LIMIT_PERSON,
    rateLimitWorkspace: read.PROVISO_RATE_LIMIT_WORKSPACE,
    oidc: oidcSettings(read),
  };
}
