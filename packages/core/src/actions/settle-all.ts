import type { DecideActionBody } from '@proviso/contracts';
import type { Context } from '../context.ts';
import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';
import { nextSlice } from '../time-slice.ts';
import { settle } from './decide.ts';
import type { ActionRow } from './row.ts';

export interface Ask {
  seen: ActionRow;
  decision: DecideActionBody;
}

/** Decides each action by itself, in one transaction; by id, the action or why it could not be decided. */
export async function settleAll(
  ctx: Context,
  tx: Transaction,
  asks: readonly Ask[],
): Promise<Map<string, ActionRow | AppError>> {
  const outcomes = new Map<string, ActionRow | AppError>();
  // In the order of their ids, so that two batches over the same actions wait for each other instead of deadlocking.
  for (const ask of asks.toSorted((a, b) => a.seen.id.localeCompare(b.seen.id))) {
    await nextSlice();
    outcomes.set(ask.seen.id, await settleOne(inside(ctx, tx), ask));
  }
  return outcomes;
}

/** Everything on the transaction's own connection: with a second one each, a few batches at once starve the pool. */
const inside = ({ idempotency: _, ...ctx }: Context, tx: Transaction): Context => ({
  ...ctx,
  db: { ...ctx.db, ...tx },
});

async function settleOne(ctx: Context, { seen, decision }: Ask): Promise<ActionRow | AppError> {
  // Not asked of the row: a batch holds its locks to the end, and those of running actions are the heartbeat's.
  if (seen.status !== 'pending_approval')
    return new AppError('INVALID_STATE', `An action that is ${seen.status} cannot be decided.`, [], seen);
  if (ctx.executors.get(seen.type)?.alwaysAsks)
    return new AppError('INVALID', `An action of type ${seen.type} is a question of its own. Answer it by itself.`);
  try {
    return await settle(ctx, seen, decision);
  } catch (error) {
    if (error instanceof AppError) return error; // refused by the guard or the input; the transaction is sound
    throw error;
  }
}
