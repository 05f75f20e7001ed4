import type { Database } from '../platform/db.ts';
import type { Verification } from '../executors/provider.ts';
import type { identities } from '../generated/client.ts';
import { statement } from '../platform/statement.ts';

/** The first pause of a failing identity; each failure in a row doubles it. */
const PAUSE_S = 30;
const PAUSE_S_MAX = 1_800;

/** Grows with the number of failures: 30 s, 1 min, 2 min … up to 30 min. */
export const FAILING_PAUSE = `least(${PAUSE_S} * 2 ^ least(failures, 10), ${PAUSE_S_MAX}) * interval '1 second'`;

/**
 * `updatedAt` is that of the row that was tested, `found` its account or the error message. A disabled identity stays
 * disabled.
 */
const RECORD = statement<{ id: string; updatedAt: string; ok: boolean; found: string | null }>(
  'identity_record_verification',
  `
    update identities set
      verified_at = clock_timestamp(),
      account = case when :ok::boolean then :found else account end,
      status = case when status = 'disabled' then status when :ok then 'active' else 'failing' end,
      failing_since = case when :ok then null else coalesce(failing_since, clock_timestamp()) end,
      failure = case when :ok then null else :found end,
      failures = case when :ok then 0 else failures + 1 end,
      not_before = case when not :ok then greatest(not_before, clock_timestamp() + ${FAILING_PAUSE})
        when failures > 0 then null else not_before end
    where id = :id::uuid and date_trunc('milliseconds', updated_at) = :updatedAt::timestamptz and deleted_at is null`,
);

/** Stores the result of a verification, unless the identity changed since it was read. Returns the current identity. */
export async function recordVerification(
  { query, tables }: Pick<Database, 'query' | 'tables'>,
  { id, updated_at }: identities,
  found: Verification,
): Promise<identities> {
  await query(RECORD, {
    id,
    updatedAt: updated_at.toISOString(),
    ok: found.ok,
    found: found.ok ? found.account : found.message,
  });
  return tables.identities.findUniqueOrThrow({ where: { id } });
}
