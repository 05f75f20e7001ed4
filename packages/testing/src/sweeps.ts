import { claimDue, expireOpen, recoverLost, runInSlot, type Database, type Worker } from '@proviso/core';

/** Everything that a worker does by itself, one sweep after the other. */
export const SWEEPS: ((worker: Worker) => Promise<void>)[] = [
  async (worker) => void (await recoverLost(worker)),
  async (worker) => {
    for (const action of await claimDue(worker)) await runInSlot(worker, action);
  },
  async (worker) => void (await expireOpen(worker)),
];

/** Expires the leases on these actions, or of these workers. */
export async function expireLeases(
  { pool }: Pick<Database, 'pool'>,
  of: { actions: string[] } | { workers: string[] },
): Promise<void> {
  const [column, ids] = 'actions' in of ? ['id::text', of.actions] : ['lease_owner', of.workers];
  await pool.query(
    `update actions set lease_until = clock_timestamp() - interval '1 second' where status = 'running' and ${column} = any($1)`,
    [ids],
  );
}
