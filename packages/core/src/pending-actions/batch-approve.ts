import {
  batchApproveList,
  batchItem,
  type BatchApproveBody,
  type BatchApproveReply,
  type DecideActionBody,
} from '@proviso/contracts';
import { z } from 'zod';
import { prepareDecisions, writeDecisions, type Ask, type Prepared } from '../actions/decisions.ts';
import { writeDecision } from '../actions/decide.ts';
import { LOADED_MIB, loadMany } from '../actions/load-many.ts';
import { inPortions, sizeOf } from '../actions/portions.ts';
import type { ActionRow } from '../actions/row.ts';
import { authorizeDecision, type Context } from '../context.ts';
import { dispatch } from '../dispatch.ts';
import { AppError, invalid, refusalOf } from '../errors.ts';
import { once, replayedReply } from '../idempotency.ts';
import { readId } from '../ids.ts';
import { stillMay } from '../keys/still-may.ts';
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
  const first = await replayedReply<BatchApproveReply>(ctx.db, ctx.idempotency);
  if (first) return first;
  const prepared = await prepare(ctx, readBatchId(batchId), items);
  let decided: ActionRow[] = [];
  const reply = await once(ctx.db, ctx.idempotency, async (tx) => {
    await stillMay(tx, ctx, authorizeDecision);
    decided = [];
    let skipped = 0;
    for (const outcome of (await writeDecisions(tx, prepared)).values())
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

/** The decision of each row that is still pending. Throws every fault of every item at once: INVALID, CONFLICT or UNAVAILABLE. */
async function prepare(ctx: Context, batch_id: string, items: readonly Item[]): Promise<Prepared> {
  const ids = items.map(({ pendingActionId }) => readId('action', pendingActionId) ?? '');
  const { rows, upTo } = await loadMany(ctx, ids.filter(Boolean));
  if (upTo !== null)
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `The items exceed ${LOADED_MIB} MiB in total. Decide them in several requests.`,
    );
  const ofBatch = (row: ActionRow | undefined): row is ActionRow => row?.batch_id === batch_id && row.asked_at !== null;
  const firstOf = new Map(ids.map((id, index) => [id, index] as const).toReversed());
  const faults = new Map<number, AppError>();
  const asks: Ask[] = [];
  for (const [index, item] of items.entries()) {
    await nextSlice();
    const id = ids[index] ?? '';
    const row = rows.get(id);
    if (!ofBatch(row)) faults.set(index, invalid('pendingActionId', 'is not in this batch'));
    else if (firstOf.get(id) !== index) faults.set(index, invalid('pendingActionId', 'is given twice'));
    else if (row.status === 'pending_approval') {
      const fault = faultOf(() => refuseReserved(item.userEdits));
      if (fault) faults.set(index, fault);
      else asks.push({ seen: row, decision: decisionOf(item) });
    }
  }
  const prepared = await prepareDecisions(ctx, asks);
  for (const [id, one] of prepared) if (one instanceof AppError) faults.set(firstOf.get(id) ?? 0, one);
  for (const [id, fault] of await drawAgain(ctx, prepared)) faults.set(firstOf.get(id) ?? 0, fault);
  if (faults.size > 0)
    throw allOf([...faults].toSorted(([a], [b]) => a - b).map(([index, fault]) => inItem(index, fault)));
  return prepared;
}

/** Previews that are not what they were are rendered again, whatever becomes of the batch: they must be seen before they are decided. */
async function drawAgain(ctx: Context, prepared: Prepared): Promise<Map<string, AppError>> {
  const faults = new Map<string, AppError>();
  for (const [id, one] of prepared) {
    if (one instanceof AppError || !one.isRedrawn) continue;
    if (faults.size === 0) await stillMay(ctx.db, ctx, authorizeDecision);
    const fault = await writeDecision(ctx.db, one).catch((error: unknown) => error);
    if (!(fault instanceof AppError)) throw fault;
    faults.set(id, fault);
  }
  return faults;
}

function decisionOf({ userEdits: edits, exclude, paramsHash: params_hash }: Item): DecideActionBody {
  return { action: exclude ? 'reject' : edits ? 'edit' : 'approve', edits, params_hash };
}

function faultOf(check: () => void): AppError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** A refusal, with the item in the paths of its details. */
function inItem(index: number, error: AppError): AppError {
  const { code, message, details } = renamed(error, 'userEdits');
  const named = details.length > 0 ? details : [{ path: 'pendingActionId', message }];
  return new AppError(
    code,
    message,
    named.map((detail) => ({ ...detail, path: `items.${index}.${detail.path}` })),
  );
}

function allOf(faults: readonly AppError[]): AppError {
  const codes = new Set(faults.map((fault) => fault.code));
  const only = (['CONFLICT', 'UNAVAILABLE'] as const).find((each) => codes.size === 1 && codes.has(each));
  const code = only ?? 'INVALID';
  return refusalOf(
    code,
    faults.flatMap((fault) => fault.details),
  );
}
