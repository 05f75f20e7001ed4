import { isIP } from 'node:net';
import { COMMON_ENVIRONMENT, commonConfig, port, readEnvironment, type CommonConfig } from '@proviso/core';
import { EXECUTOR_ENVIRONMENT, executorSettings, type ProviderSettings } from '@proviso/executors';
import { z } from 'zod';
import type { OidcSettings } from './sign-in/oidc.ts';

const CALLBACK_PATH = '/api/auth/oidc/callback';

function isHttpsOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Neither a number of proxies nor `true`: with those, a caller who reaches the api directly could name any address. */
const proxies = z
  .string()
  .default('')
  .transform((text, check) => {
    const parts = text.split(',').flatMap((part) => part.trim() || []);
    for (const part of parts)
      if (!NAMED_RANGES.includes(part) && !isAddressOrRange(part))
        check.addIssue(`${part} must be an address, a CIDR range, or ${NAMED_RANGES.join(', ')}`);
    return parts;
  });

const perMinute = (max: number) => z.coerce.number().int().min(1).max(max);

/** What only the api reads. */
export const API_ENVIRONMENT = {
  PORT: port().default(3000).describe('the port to listen on; 0 selects a free one'),
  HOST: z.string().default('127.0.0.1').describe('the address to listen on; `0.0.0.0` in a container'),
  PROVISO_TRUST_PROXY: proxies.meta({
    description:
      'the proxies in front, separated by commas: addresses, CIDR ranges, `loopback`, `linklocal` or `uniquelocal` (the private ranges). Their `X-Forwarded-For` gives the address that is limited, logged and listed; from anybody else the header is ignored. See [operations.md](operations.md#tls-and-the-proxy)',
  }),
  PROVISO_METRICS_PORT: port().optional().meta({
    description: 'the port of `/metrics`, see [metrics.md](metrics.md); nothing else is served there',
    absent: 'nothing is measured',
  }),
  PROVISO_METRICS_HOST: z.string().default('127.0.0.1').describe('the address of that port'),
  PROVISO_POOL_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe('database connections; one workspace holds at most half of them plus one'),
  PROVISO_RATE_LIMIT: perMinute(1_000_000)
    .default(600)
    .describe(
      'requests per minute of a token, and of an address without a valid token. An address beyond the limit can still present unknown tokens, at a tenth of the rate. Counted in Redis with `REDIS_URL`, else per process',
    ),
  PROVISO_RATE_LIMIT_PERSON: perMinute(5_000_000)
    .optional()
    .meta({ description: 'requests per minute of a person, over all their credentials', absent: 'twice that' }),
  PROVISO_RATE_LIMIT_WORKSPACE: perMinute(5_000_000).optional().meta({
    description: "requests per minute of all keys of a workspace, including its agents'. People are counted separately",
    absent: 'five times that',
  }),
  PROVISO_OIDC_ISSUER: z
    .url()
    .refine(isHttpsOrLoopback, 'must be https://, or http:// on this machine')
    .optional()
    .describe('the OpenID provider through which people sign in, `https://`'),
  PROVISO_OIDC_CLIENT_ID: z
    .string()
    .optional()
    .meta({ description: 'the client that is registered there', absent: 'required with an issuer' }),
  PROVISO_OIDC_CLIENT_SECRET: z
    .string()
    .optional()
    .meta({ description: 'the secret of that client', absent: 'a public client' }),
  PROVISO_OIDC_REDIRECT_URI: z
    .url()
    .refine(isHttpsOrLoopback, 'must be https://, or http:// on this machine')
    .refine((uri) => URL.canParse(uri) && new URL(uri).pathname === CALLBACK_PATH, `must end with ${CALLBACK_PATH}`)
    .optional()
    .meta({
      description: `the address that is registered there: the one of the api, then \`${CALLBACK_PATH}\``,
      absent: 'required with an issuer',
    }),
  PROVISO_OIDC_NAME: z
    .string()
    .max(60)
    .optional()
    .meta({ description: 'what the button says', absent: "the issuer's host" }),
};

/** What `npm run bootstrap` reads, besides `DATABASE_URL` and `PORT`. */
export const BOOTSTRAP_ENVIRONMENT = {
  PROVISO_API_KEY: z.string().optional().meta({
    description: "the owner's personal credential, 20 to 255 printable characters without spaces",
    absent: 'generated for the first owner and printed once',
  }),
  PROVISO_AGENT_KEY: z
    .string()
    .optional()
    .meta({ description: 'the key of an agent, as above', absent: 'no agent is created' }),
  PROVISO_SECRET_KEYS_FILE: z
    .string()
    .optional()
    .describe('a file that is created with a new key if it does not exist'),
};

const environment = z.object({ ...COMMON_ENVIRONMENT, ...EXECUTOR_ENVIRONMENT, ...API_ENVIRONMENT });

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
  /** The proxies whose report of the client's address counts. */
  trustProxy: string[];
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
    trustProxy: read.PROVISO_TRUST_PROXY,
    metricsPort: read.PROVISO_METRICS_PORT,
    metricsHost: read.PROVISO_METRICS_HOST,
    poolMax: read.PROVISO_POOL_MAX,
    rateLimit: read.PROVISO_RATE_LIMIT,
    rateLimitPerson: read.PROVISO_RATE_LIMIT_PERSON,
    rateLimitWorkspace: read.PROVISO_RATE_LIMIT_WORKSPACE,
    oidc: oidcSettings(read),
  };
}
