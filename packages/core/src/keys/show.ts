import type { AccessKey, Scope } from '@proviso/contracts';
import type { api_keys } from '../generated/client.ts';
import { showId, showIdOrNull } from '../ids.ts';

/** A key without its token and its hash. */
export const showKey = (row: api_keys): AccessKey => ({
  key_id: showId('key', row.id),
  name: row.name,
  lookup: row.lookup,
  scopes: row.scopes as Scope[],
  workspace_id: row.workspace_id,
  user_id: showId('user', row.user_id),
  agent_id: showIdOrNull('agent', row.agent_id),
  expires_at: row.expires_at?.toISOString() ?? null,
  revoked_at: row.revoked_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
});
