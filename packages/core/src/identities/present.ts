import type { Identity, JsonObject, Provider } from '@proviso/contracts';
import type { identities } from '../generated/client.ts';
import { formatId } from '../platform/ids.ts';

/** An identity without its secrets; it says only whether there are some. */
export const presentIdentity = (row: identities): Identity => ({
  identity_id: formatId('identity', row.id),
  provider: row.provider as Provider,
  name: row.name,
  config: row.config as JsonObject,
  has_credentials: row.credentials !== null,
  status: row.status as Identity['status'],
  pacing: row.pacing as Identity['pacing'],
  verified_at: row.verified_at?.toISOString() ?? null,
  account: row.account,
  failing: row.failing_since && { since: row.failing_since.toISOString(), message: row.failure ?? '' },
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
