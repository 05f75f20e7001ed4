// Many decisions in one request: all are read and looked up first, concurrently and outside a transaction, then written
// in one. Held by actions-bulk-decide.test.ts and no-network-in-transactions.test.ts.
import type { DecideActionBody } from '@proviso/contracts';
import { ActionError } from '../action/action-error.ts';
import { LOCK_WAITING } from '../action/sql/find.ts';
import type { Context } from '../access/context.ts';
import type { Transaction } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { nextSlice } from '../platform/time-slice.ts';
import { prepareDecision, writeDecision, type PreparedDecision } from './decide.ts';
import { inChunks, sizeOf } from '../platform/chunks.ts';
import type { ActionRow } from '../action/row.ts';

/**
 * For all look-ups of a request. If a slow provider delays a decision beyond this, only that decision fails, and it may
 * be sent again.
 */
const PREPARE_MS = 20_000;
const AT_ONCE_MAX = 16;

export interface DecisionRequest {
  seen: ActionRow;
  decision: DecideActionBody;
}

/** By the action's id. */
export type PreparedDecisions = Map<string, PreparedDecision | AppError>;

/** Prepares each decision by itself; a refused one becomes its error. Writes nothing. */
export async function prepareDecisions(ctx: Context, asks: readonly DecisionRequest[]): Promise<PreparedDecisions> {
  const endsAt = performance.now() + PREPARE_MS;
  const prepared = await inChunks(
    asks,
    ({ seen }) => sizeOf(seen.params),
    (chunk) => sideBySide(chunk, async (ask) => [ask.seen.id, await prepareOne(ctx, ask, endsAt)] as const),
  );
  return new Map(prepared);
}

async function prepareOne(
  ctx: Context,
  { seen, decision }: DecisionRequest,
  endsAt: number,
): Promise<PreparedDecision | AppError> {
  await nextSlice();
  // Checked before the rows are locked: a batch holds its locks to the end, and the heartbeat needs the rows of running
  // actions.
  if (seen.status !== 'pending_approval')
    return new ActionError(
      'INVALID_STATE',
      `An action that is ${seen.status} cannot be decided: it must be pending_approval.`,
      seen,
    );
  if (ctx.executors.get(seen.type)?.alwaysAsks)
    return new AppError(
      'INVALID',
      `An action of type ${seen.type} is a question: decide it individually, not in a batch.`,
    );
  const late = (): AppError =>
    new AppError('UNAVAILABLE', 'A provider that the decision depends on did not answer in time. Decide again.');
  const leftMs = endsAt - performance.now();
  if (leftMs <= 0) return late(); // without asking anybody
  try {
    return await withTimeout<PreparedDecision | AppError>(prepareDecision(ctx, seen, decision), leftMs, late);
  } catch (error) {
    if (error instanceof AppError) return error; // refused by the hash, the input or the provider
    throw error;
  }
}

/** Runs all, a few at a time, which bounds the open calls to a slow provider. */
async function sideBySide<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, lane));
  return results;
}

/**
 * Writes each decision under its own guard, in one transaction; as many as fit run as one statement. Returns by id the
 * action, or why it could not be decided.
 */
export async function writeDecisions(
  tx: Transaction,
  prepared: PreparedDecisions,
): Promise<Map<string, ActionRow | AppError>> {
  const ids = [...prepared].flatMap(([id, one]) => (one instanceof AppError ? [] : [id]));
  await tx.query(LOCK_WAITING, { ids });
  const outcomes: Promise<readonly [string, ActionRow | AppError]>[] = [];
  for (const [id, one] of prepared) {
    await nextSlice();
    const outcome = (async () => [id, one instanceof AppError ? one : await written(tx, one)] as const)();
    outcome.catch(() => undefined); // thrown below
    outcomes.push(outcome);
  }
  return new Map(await Promise.all(outcomes));
}

async function written(tx: Transaction, prepared: PreparedDecision): Promise<ActionRow | AppError> {
  try {
    return await writeDecision(tx, prepared);
  } catch (error) {
    if (error instanceof AppError) return error; // the guard refused it; the transaction is intact
    throw error;
  }
}
