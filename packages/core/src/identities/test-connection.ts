import type { JsonObject, Provider } from '@proviso/contracts';
import { assertNoTransaction } from '../platform/db.ts';
import type { Services } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import type { Verification } from '../executors/provider.ts';
import type { identities } from '../generated/client.ts';
import { readableLine } from '../preview/readable-preview.ts';
import { openCredentials } from './open-credentials.ts';

const ANSWER_MS = 15_000;
/** How long to wait after the signal for a provider that ignores it. */
const ABORT_GRACE_MS = 2_000;
const TEXT_CHARS_MAX = 500;

/**
 * Logs in as an identity and returns which account answered, in bounded time. Throws UNAVAILABLE if the provider could
 * not be tried: this process does not have it, or has no key for the credentials.
 */
export async function testConnection(services: Services, row: identities): Promise<Verification> {
  const kind = services.executors.provider(row.provider as Provider);
  if (!kind) throw new AppError('UNAVAILABLE', `This instance cannot connect to ${row.provider}.`);
  const opened = await openCredentials(services, row.id);
  const config = kind.config.safeParse(row.config);
  if (!config.success) return { ok: false, message: `The config is not valid for an identity of ${row.provider}.` };
  const credentials = opened && kind.credentials?.safeParse(opened);
  if (credentials && !credentials.success)
    return { ok: false, message: `The credentials are not valid for an identity of ${row.provider}.` };
  const signal = AbortSignal.timeout(ANSWER_MS);
  assertNoTransaction(`The ${kind.provider} account`);
  const verification = kind.verify({ config: config.data, credentials: credentials ? credentials.data : null, signal });
  const onTimeout = (): Verification => ({ ok: false, message: `No answer within ${ANSWER_MS / 1_000} s.` });
  const found = await withTimeout(verification, ANSWER_MS + ABORT_GRACE_MS, onTimeout).catch(
    (error: unknown): Verification => {
      // Its message may contain anything.
      services.log.error({ identity: row.id, error: (error as Error).name }, 'a verification threw');
      return { ok: false, message: 'The verification failed unexpectedly.' };
    },
  );
  return withoutSecrets(found, opened);
}

/** A provider may repeat what was sent to it. */
function withoutSecrets(found: Verification, credentials: JsonObject | null): Verification {
  const secrets = Object.values(credentials ?? {}).filter((value) => typeof value === 'string' && value.length >= 6);
  const masked = (text: string): string =>
    readableLine(
      (secrets as string[]).reduce((kept, secret) => kept.replaceAll(secret, '…'), text),
      TEXT_CHARS_MAX,
    );
  return found.ok ? { ok: true, account: masked(found.account) } : { ok: false, message: masked(found.message) };
}
