import {
  batchApproveList,
  batchItem,
  type BatchApproveBody,
  type BatchApproveReply,
  type DecideActionBody,
} from '@proviso/contracts';
import { z } from 'zod';
import { rehearse } from '../actions/decide.ts';
import { LOADED_MIB, loadMany } from '../actions/load-many.ts';
import { inPortions, sizeOf } from '../actions/portions.ts';
import type { ActionRow } from '../actions/row.ts';
import { settleAll, type Ask } from '../actions/settle-all.ts';
import { coalescing } from '../coalesce.ts';
import { authorizeDecision, type Context } from '../context.ts';
import { dispatch } from '../dispatch.ts';
import { AppError, invalid, refusalOf } from '../errors.ts';
import { once } from '../idempotency.ts';
import { readId } from '../ids.ts';
import { refuseReserved } from '../tools/reserved-fields.ts';
import { nextSlice } from '../time-slice.ts';
import { renamed } from './name-fields.ts';
import { readBatchId } from './workspace.ts';

/**
 * Decides what the items list, and leaves the rest of the batch as it is. Any fault in an item refuses all of them. What
 * another resolves meanwhile is skipped; what was resolved before is not counted.
 */
export async function batchApprovePendingActions(
  ctx: Context,
  batchId: string,
  input: unknown,
): Promise<BatchApproveReply> {
  authorizeDecision(ctx);
  const items = await readItems(input);
  const asks = await asksOf(ctx, readBatchId(batchId), items);
  let decided: ActionRow[] = [];
  const reply = await once(ctx.db, ctx.idempotency, async (tx) => {
    decided = [];
    let skipped = 0;
    for (const outcome of (await settleAll(ctx, tx, asks)).values())
      if (outcome instanceof AppError) skipped += 1;
      else decided.push(outcome);
    const approved = decided.filter(({ status }) => status === 'approved').length;
    return { batchId: readBatchId(batchId), approved, rejected: decided.length - approved, skipped };
  });
  for (const action of decided) dispatch(ctx, action);
  return reply;
}

type Item = BatchApproveBody['items'][number];

/** Throws a ZodError with the faults of all items. */
async function readItems(input: unknown): Promise<Item[]> {
  const { items } = batchApproveList.parse(input);
  const issues: z.core.$ZodIssue[] = [];
  const read = await inPortions(items, sizeOf, async (portion, from) =>
    portion.map((item, at) => {
      const { data, error } = batchItem.safeParse(item);
      for (const issue of error?.issues ?? []) issues.push({ ...issue, path: ['items', from + at, ...issue.path] });
      return data;
    }),
  );
  if (issues.length > 0) throw new z.ZodError(issues);
  return read.filter((item) => item !== undefined);
}

/** What to decide of each row that is still pending. Throws every fault of every item at once: INVALID, or CONFLICT. */
async function asksOf(ctx: Context, batch_id: string, items: readonly Item[]): Promise<Ask[]> {
  const ids = items.map(({ pendingActionId }) => readId('action', pendingActionId) ?? '');
  const { rows, upTo } = await loadMany(ctx, ids.filter(Boolean));
  if (upTo !== null)
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `The items are more than ${LOADED_MIB} MiB of actions. Decide them in several requests.`,
    );
  const ofBatch = (row: ActionRow | undefined): row is ActionRow => row?.batch_id === batch_id && row.asked_at !== null;
  const firstOf = new Map(ids.map((id, index) => [id, index] as const).toReversed());
  const together = { ...ctx, db: { ...ctx.db, tables: coalescing(ctx.db.tables) } };
  const found = await inPortions(items, sizeOf, (portion, from) =>
    Promise.all(
      portion.map(async (item, at) => {
        const index = from + at;
        const id = ids[index] ?? '';
        await nextSlice();
        const row = rows.get(id);
        if (!ofBatch(row)) return inItem(index, invalid('pendingActionId', 'is not of this batch'));
        if (firstOf.get(id) !== index) return inItem(index, invalid('pendingActionId', 'stands twice'));
        if (row.status !== 'pending_approval') return undefined;
        return askOf(together, item, row).catch((error: unknown) => inItem(index, error));
      }),
    ),
  );
  const asks: Ask[] = [];
  const faults: AppError[] = [];
  for (const one of found)
    if (one instanceof AppError) faults.push(one);
    else if (one) asks.push(one);
  if (faults.length > 0) throw allOf(faults);
  return asks;
}

async function askOf(ctx: Context, { userEdits: edits, ...item }: Item, seen: ActionRow): Promise<Ask> {
  if (ctx.executors.get(seen.type)?.alwaysAsks)
    throw invalid('pendingActionId', 'is a question of its own; answer it by itself');
  refuseReserved(edits);
  const action = item.exclude ? 'reject' : edits ? 'edit' : 'approve';
  const decision: DecideActionBody = { action, edits, params_hash: item.paramsHash };
  await rehearse(ctx, seen, decision);
  return { seen, decision };
}

/** A refusal, with the item in the paths of its details; anything else is thrown. */
function inItem(index: number, error: unknown): AppError {
  if (!(error instanceof AppError)) throw error;
  const { code, message, details } = renamed(error, 'userEdits');
  const named = details.length > 0 ? details : [{ path: 'pendingActionId', message }];
  return new AppError(
    code,
    message,
    named.map((detail) => ({ ...detail, path: `items.${index}.${detail.path}` })),
  );
}

function allOf(faults: readonly AppError[]): AppError {
  const code = faults.every((fault) => fault.code === 'CONFLICT') ? 'CONFLICT' : 'INVALID';
  return refusalOf(
    code,
    faults.flatMap((fault) => fault.details),
  );
}
