import { rowFromJson, type ActionRow } from '../actions/row.ts';
import { CLAIM, CLAIM_IN_WORKSPACE, CLAIM_OVERDUE, type ClaimAnswer } from '../actions/statements.ts';
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

/** Takes up to `count` actions that have been due for `overdueMs` and that nobody was told of; oldest first. */
export async function claimOverdue(worker: Worker, count: number, overdueMs: number): Promise<ActionRow[]> {
  const answers = await worker.db.query<ClaimAnswer>(CLAIM_OVERDUE, [count, ...claimant(worker), overdueMs]);
  return answers.flatMap(({ action }) => (action ? [rowFromJson(action)] : []));
}

/** Takes the action of a workspace, or of one agent in it, that has been due longest. */
export async function claimOldest(
  worker: Worker,
  workspaceId: string,
  agentId: string | null,
): Promise<ActionRow | undefined> {
  const values = [1, ...claimant(worker), workspaceId, agentId];
  const [answer] = await worker.db.query<ClaimAnswer>(CLAIM_IN_WORKSPACE, values);
  return answer?.action ? rowFromJson(answer.action) : undefined;
}
