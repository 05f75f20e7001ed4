import { closest, distance } from 'fastest-levenshtein';
import type { Logger } from 'pino';

/**
 * Every `PROVISO_` variable that some process or tool reads: one environment usually serves them all. Held against the
 * schemas and the tools by packages/testing/test/unit/configuration.test.ts.
 */
export const VARIABLES: readonly string[] = [
  'PROVISO_AGENT_KEY',
  'PROVISO_ALLOWED_PRIVATE_HOSTS',
  'PROVISO_ALLOW_PRIVATE_ADDRESSES',
  'PROVISO_ALLOW_UNSAFE_STORAGE',
  'PROVISO_API_KEY',
  'PROVISO_BACKOFF_MS',
  'PROVISO_CONCURRENCY',
  'PROVISO_CREDENTIAL_RUNS',
  'PROVISO_DATA_DIR',
  'PROVISO_DEBUG',
  'PROVISO_DEV_TOKEN',
  'PROVISO_EXECUTE_TIMEOUT_MS',
  'PROVISO_EXECUTORS',
  'PROVISO_FUZZ_RUNS',
  'PROVISO_GRACE_MS',
  'PROVISO_HEARTBEAT_MS',
  'PROVISO_HUBSPOT_URL',
  'PROVISO_LEASE_MS',
  'PROVISO_LINKEDIN_URL',
  'PROVISO_MCP_SERVERS',
  'PROVISO_METRICS_HOST',
  'PROVISO_METRICS_PORT',
  'PROVISO_OIDC_CLIENT_ID',
  'PROVISO_OIDC_CLIENT_SECRET',
  'PROVISO_OIDC_ISSUER',
  'PROVISO_OIDC_NAME',
  'PROVISO_OIDC_REDIRECT_URI',
  'PROVISO_POOL_MAX',
  'PROVISO_QUERY_TIMEOUT_MS',
  'PROVISO_RATE_LIMIT',
  'PROVISO_RATE_LIMIT_PERSON',
  'PROVISO_RATE_LIMIT_WORKSPACE',
  'PROVISO_RECORD_EXAMPLES',
  'PROVISO_RECORD_MESSAGES',
  'PROVISO_RESEND_URL',
  'PROVISO_SECRET_KEYS',
  'PROVISO_SECRET_KEYS_FILE',
  'PROVISO_SLACK_URL',
  'PROVISO_SMTP_PORT',
  'PROVISO_SWEEP_MS',
  'PROVISO_TEST_FAIRNESS',
  'PROVISO_TEST_REDIS_AWAY_S',
  'PROVISO_TOKEN',
  'PROVISO_TRUST_PROXY',
  'PROVISO_TYPE_CONCURRENCY',
  'PROVISO_URL',
  'PROVISO_WORKER_HOST',
  'PROVISO_WORKER_PORT',
  'PROVISO_WORKSPACE',
];

/** Beyond this share of changed characters, a name is not a typing error of another. */
const TYPO_SHARE_MAX = 0.3;

interface UnknownVariable {
  variable: string;
  /** The known name that it resembles. */
  nearest: string | undefined;
}

/** The `PROVISO_` variables of an environment that nothing reads. */
function unknownVariables(env: NodeJS.ProcessEnv): UnknownVariable[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith('PROVISO_') && !VARIABLES.includes(name));
  return unknown.toSorted().map((variable) => {
    const nearest = closest(variable, VARIABLES);
    return { variable, nearest: distance(variable, nearest) <= variable.length * TYPO_SHARE_MAX ? nearest : undefined };
  });
}

/** A misspelt variable has no effect, and says nothing: so the start says it. Values are not logged. */
export function warnOfUnknownVariables(env: NodeJS.ProcessEnv, log: Pick<Logger, 'warn'>): void {
  for (const { variable, nearest } of unknownVariables(env)) {
    const advice = nearest ? `did you mean ${nearest}?` : 'docs/configuration.md lists every variable';
    log.warn({ variable }, `${variable} is not a variable of Proviso and has no effect: ${advice}`);
  }
}
