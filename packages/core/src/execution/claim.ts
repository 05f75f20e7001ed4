import { rowFromJson, type ActionRow } from '../action/row.ts';
import { CLAIM_DUE, CLAIM_IN_WORKSPACE } from '../action/sql/claim-due.ts';
import { CLAIM, type ClaimParams } from '../action/sql/claim.ts';
import type { FreeSlots } from './slots.ts';
import type { Worker } from './worker.ts';

const claimParams = ({ executors, timings, actor }: Worker): ClaimParams => ({
  types: executors.types(),
  leaseMs: timings.leaseMs,
  owner: actor.id,
  actor: JSON.stringify(actor),
});

/** While dispatch is held, wake-ups stay in the queue, and come back after this long. */
const HELD_MS = 5_000;

/**
 * Moves a cleared, due action to running, under a new fence. Without an action, it cannot be claimed: not cleared,
 * paused, of a type unknown here, or already taken. `earlyMs`: it is cleared, but not due for so long by the database's
 * clock. While dispatch is held, it is to be looked at again after HELD_MS.
 */
export async function claim(worker: Worker, id: string): Promise<{ action?: ActionRow; earlyMs?: number }> {
  if (!worker.epoch.mayDispatch()) return { earlyMs: HELD_MS };
  const [answer] = await worker.db.query(CLAIM, { id, ...claimParams(worker) });
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
  const { slots, epoch } = worker;
  if (!epoch.mayDispatch()) return [];
  for (let part = 1; ; part += 1) {
    const answers = await worker.db.query(CLAIM_DUE, {
      ...claimParams(worker),
      count,
      free: JSON.stringify(free),
      round: JSON.stringify(slots.round),
      idleOnly,
    });
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
    if (!worker.epoch.mayDispatch()) return [];
    const answers = await worker.db.query(CLAIM_IN_WORKSPACE, {
      ...claimParams(worker),
      count: 1,
      free: JSON.stringify(free),
      workspace: workspaceId,
      agent: agentId,
    });
    return answers.flatMap((answer) => (answer.action ? [rowFromJson(answer.action)] : []));
  });
  return action;
}
