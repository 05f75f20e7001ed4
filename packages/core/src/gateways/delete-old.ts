import type { Database } from '../platform/db.ts';
import { statement } from '../platform/statement.ts';

const READS = statement(
  'gateway_delete_old_reads',
  `
    delete from gateway_reads where ctid in (
      select ctid from gateway_reads where created_at < statement_timestamp() - interval '90 days'
      order by created_at limit 1000
    ) returning 1 as deleted`,
);

/** A call that comes again meanwhile renews its row, which then stays. */
const CALLS = statement(
  'gateway_delete_old_calls',
  `
    delete from gateway_calls where id in (
      select c.id from gateway_calls c
      where c.updated_at < statement_timestamp() - interval '48 hours' and not exists (
        select from actions a where a.id = c.action_id
          and (a.completed_at is null or a.completed_at > statement_timestamp() - interval '48 hours'))
      order by c.updated_at limit 1000 for update of c skip locked
    ) and updated_at < statement_timestamp() - interval '48 hours'
    returning 1 as deleted`,
);

/**
 * Deletes, in batches, what gateways no longer need: reads older than 90 days, and how to recognise calls whose actions
 * ended two days ago. Returns how many rows.
 */
export async function deleteOldGatewayRows({ query }: Database): Promise<number> {
  const [reads, calls] = [await query(READS, {}), await query(CALLS, {})];
  return reads.length + calls.length;
}
