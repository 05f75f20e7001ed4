import type { JsonObject } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { openSecret } from '../platform/secrets.ts';
import { credentialsAad } from './associated-data.ts';

/**
 * Opens an identity's secrets; null if it has none. The caller has checked the id. Throws UNAVAILABLE without the key.
 */
export async function openCredentials(
  { db, secrets, log }: Pick<Services, 'db' | 'secrets' | 'log'>,
  id: string,
): Promise<JsonObject | null> {
  const { credentials } = await db.tables.identities.findUniqueOrThrow({
    where: { id },
    select: { credentials: true },
  });
  if (!credentials) return null;
  try {
    return openSecret(secrets, credentials, credentialsAad(id));
  } catch {
    log.error({ identity: id, alert: 'secret_keys' }, 'credentials cannot be decrypted with PROVISO_SECRET_KEYS');
    throw new AppError(
      'UNAVAILABLE',
      'This instance cannot decrypt the identity’s credentials. Check its PROVISO_SECRET_KEYS.',
    );
  }
}
