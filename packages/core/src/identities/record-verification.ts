import type { Database } from '../platform/db.ts';
import type { Verification } from '../executors/provider.ts';
import type { identities } from '../generated/client.ts';

/** The first pause of a failing identity; each failure in a row doubles it. */
const PAUSE_S = 30;
const PAUSE_S_MAX = 1_800;

/** Grows with the number of failures: 30 s, 1 min, 2 min … up to 30 min. */
export const FAILING_PAUSE = `least(${PAUSE_S} * 2 ^ least(failures, 10), ${PAUSE_S_MAX}) * interval '1 second'`;

/** $1 id, $2 when the tried row was changed last, $3 ok, $4 account or message. A disabled one stays disabled. */
const RECORD = {
  name: 'identity_record_verification',
  text: `
    update identities set
      verified_at = clock_timestamp(),
      account = case when $3::boolean then $4 else account end,
      status = case when status = 'disabled' then status when $3 then 'active' else 'failing' end,
      failing_since = case when $3 then null else coalesce(failing_since, clock_timestamp()) end,
      failure = case when $3 then null else $4 end,
      failures = case when $3 then 0 else failures + 1 end,
      not_before = case when not $3 then greatest(not_before, clock_timestamp() + ${FAILING_PAUSE})
        when failures > 0 then null else not_before end
    where id = $1::uuid and date_trunc('milliseconds', updated_at) = $2::timestamptz and deleted_at is null`,
};

/** Stores the result of a verification, unless the identity changed since it was read. Returns the current identity. */
export async function recordVerification(
  { query, tables }: Pick<Database, 'query' | 'tables'>,
  { id, updated_at }: identities,
  found: Verification,
): Promise<identities> {
  await query(RECORD, [id, updated_at.toISOString(), found.ok, found.ok ? found.account : found.message]);
  return tables.identities.findUniqueOrThrow({ where: { id } });
}
