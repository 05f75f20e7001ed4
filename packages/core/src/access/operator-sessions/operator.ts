import { ACTIVE_KEY, KEY_REACH } from '../api-keys/authenticate.ts';

/** A key `k` that may operate the instance. Rights = role ∩ scopes, as on /v1. */
export const OPERATOR_KEYS = `
  api_keys k join members m on ${KEY_REACH} and m.role in ('owner', 'admin') and coalesce(k.role, m.role) in ('owner', 'admin')
    and 'instance:operate' = any(k.scopes) and k.agent_id is null and ${ACTIVE_KEY}`;

/** The maximum age of a session. Bull Board polls every few seconds while a tab shows it. */
export const SESSION_MS = 8 * 3_600_000;
const IDLE_MS = 30 * 60_000;
export const ENDED = `
  (s.expires_at <= statement_timestamp() or s.seen_at <= statement_timestamp() - interval '${IDLE_MS} milliseconds')`;
