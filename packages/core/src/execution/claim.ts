import { rowFromJson, type ActionRow } from '../actions/row.ts';
import { CLAIM, CLAIM_IN_WORKSPACE, CLAIM_OVERDUE, type ClaimAnswer } from '../actions/statements.ts';
import type { Statement } from '../db.ts';
import type { Worker } from './worker.ts';

const claimant = ({ executors, pace, actor }: Worker) =>
  [executors.types(), pace.leaseMs, actor.id, JSON.stringify(actor)] as const;

/**
 * Takes a cleared, due action to running, under a new fence. Nothing = not claimable: not cleared, held back by a pause,
 * of a type unknown here, or already taken. `earlyMs` = cleared, but not due for so long by the database's clock.
 */
export async function claim(worker: Worker, id: string): Promise<{ action?: ActionRow; earlyMs?: number }> {
  const [answer] = await worker.db.query<ClaimAnswer>(CLAIM, [id, ...claimant(worker)]);
  if (answer?.action) return { action: rowFromJson(answer.action) };
  return answer?.early_ms === null || answer?.early_ms === undefined ? {} : { earlyMs: Math.ceil(answer.early_ms) + 1 };
}

/**
 * Takes up to `count` actions that have been due for `overdueMs` and that nobody was told of; oldest first, as far as
 * there is room. Each leaves by `runSeated`. `again` is called when there is room for more.
 */
export function claimOverdue(
  worker: Worker,
  { count, overdueMs }: { count: number; overdueMs: number },
  again?: () => void,
): Promise<ActionRow[]> {
  return worker.room.fill(
    (free, vacancy) =>
      claimMany(worker, CLAIM_OVERDUE, [
        Math.min(count, free),
        ...claimant(worker),
        JSON.stringify(vacancy),
        overdueMs,
      ]),
    again,
  );
}

/** Takes the action of a workspace, or of one agent in it, that has been due longest and for which there is room. */
export async function claimOldest(
  worker: Worker,
  workspaceId: string,
  agentId: string | null,
): Promise<ActionRow | undefined> {
  const [action] = await worker.room.fill((_free, vacancy) =>
    claimMany(worker, CLAIM_IN_WORKSPACE, [1, ...claimant(worker), JSON.stringify(vacancy), workspaceId, agentId]),
  );
  return action;
}

async function claimMany(worker: Worker, statement: Statement, values: readonly unknown[]): Promise<ActionRow[]> {
  const answers = await worker.db.query<ClaimAnswer>(statement, values);
  return answers.flatMap(({ action }) => (action ? [rowFromJson(action)] : []));
}
