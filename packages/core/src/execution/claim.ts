import { rowFromJson, type ActionRow } from '../action/row.ts';
import {
  CLAIM,
  CLAIM_DUE,
  CLAIM_IN_WORKSPACE,
  type ClaimAnswer,
  type ClaimDueAnswer,
} from '../action/worker-statements.ts';
import type { FreeSlots } from './slots.ts';
import type { Worker } from './worker.ts';

const claimParams = ({ executors, timings, actor }: Worker) =>
  [executors.types(), timings.leaseMs, actor.id, JSON.stringify(actor)] as const;

/**
 * Moves a cleared, due action to running, under a new fence. Without an action, it cannot be claimed: not cleared,
 * paused, of a type unknown here, or already taken. `earlyMs`: it is cleared, but not due for so long by the database's
 * clock.
 */
export async function claim(worker: Worker, id: string): Promise<{ action?: ActionRow; earlyMs?: number }> {
  const [answer] = await worker.db.query<ClaimAnswer>(CLAIM, [id, ...claimParams(worker)]);
  if (answer?.action) return { action: rowFromJson(answer.action) };
  return answer?.early_ms === null || answer?.early_ms === undefined ? {} : { earlyMs: Math.ceil(answer.early_ms) + 1 };
}

/**
 * Claims due actions for the free slots, in turns among workspaces. Pass each to `runInSlot`. Calls `onSlotFree` when
 * there is a free slot for more.
 */
export const claimDue = (worker: Worker, onSlotFree?: () => void): Promise<ActionRow[]> =>
  worker.slots.claimInto((count, free) => claimInTurns(worker, { count, free, idleOnly: false }), onSlotFree);

/** Claims due actions for the reserve, from workspaces that run nothing here, while others occupy the slots. */
export const claimForIdle = (worker: Worker): Promise<ActionRow[]> =>
  worker.slots.claimIntoReserve((count, free) => claimInTurns(worker, { count, free, idleOnly: true }));

interface ClaimRequest {
  count: number;
  free: FreeSlots;
  /** Only workspaces that run nothing here. */
  idleOnly: boolean;
}

/** How many empty parts of a round are followed by the next one without a pause. Each takes a few milliseconds. */
const ROUND_PARTS_MAX = 20;

async function claimInTurns(worker: Worker, { count, free, idleOnly }: ClaimRequest): Promise<ActionRow[]> {
  const { slots } = worker;
  for (let part = 1; ; part += 1) {
    const values = [count, ...claimParams(worker), JSON.stringify(free), JSON.stringify(slots.round), idleOnly];
    const answers = await worker.db.query<ClaimDueAnswer>(CLAIM_DUE, values);
    slots.round = answers.find(({ round }) => round)?.round ?? null;
    const actions = answers.flatMap(({ action }) => (action ? [rowFromJson(action)] : []));
    if (actions.length > 0 || slots.round === null || part === ROUND_PARTS_MAX) return actions;
  }
}

/** Claims the action of a workspace, or of one of its agents, that has been due longest and has a free slot. */
export async function claimOldest(
  worker: Worker,
  workspaceId: string,
  agentId: string | null,
): Promise<ActionRow | undefined> {
  const [action] = await worker.slots.claimInto(async (_count, free) => {
    const values = [1, ...claimParams(worker), JSON.stringify(free), workspaceId, agentId];
    const answers = await worker.db.query<ClaimAnswer>(CLAIM_IN_WORKSPACE, values);
    return answers.flatMap((answer) => (answer.action ? [rowFromJson(answer.action)] : []));
  });
  return action;
}
