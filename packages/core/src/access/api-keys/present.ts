import type { ApiKey, Actor, KeyKind, Role, Scope } from '@proviso/contracts';
import type { api_keys } from '../../generated/client.ts';
import { formatId, formatIdOrNull } from '../../platform/ids.ts';

/** A key without its token and hash. */
export const presentKey = (row: api_keys): ApiKey => ({
  key_id: formatId('key', row.id),
  kind: row.kind as KeyKind,
  name: row.name,
  lookup: row.lookup,
  scopes: row.scopes as Scope[],
  workspace_id: row.workspace_id,
  home_workspace_id: row.home_workspace_id,
  user_id: formatIdOrNull('user', row.person_id),
  agent_id: formatIdOrNull('agent', row.agent_id),
  role: row.role as Role | null,
  decides: row.decides,
  created_by: row.created_by as Actor,
  made_by_key_id: formatIdOrNull('key', row.made_by_key_id),
  expires_at: row.expires_at?.toISOString() ?? null,
  revoked_at: row.revoked_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
});
