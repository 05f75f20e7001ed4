import type { DecideActionBody, JsonObject } from '@proviso/contracts';
import { prepareDecisions, writeDecisions, type DecisionRequest, type PreparedDecisions } from '../decisions.ts';
import { writeDecision } from '../decide.ts';
import { LOADED_MIB, loadMany } from '../load-many.ts';
import type { ActionRow } from '../../action/row.ts';
import { authorizeDecision, type Context } from '../../access/context.ts';
import { dispatch } from '../../action/dispatch.ts';
import { AppError, invalid, refusalOf } from '../../platform/errors.ts';
import { inTransactionOnce, findFirstReply } from '../../platform/idempotency.ts';
import { parseId } from '../../platform/ids.ts';
import { assertStillAllowed } from '../../access/api-keys/assert-still-allowed.ts';
import { refuseReserved } from '../../schema/reserved-fields.ts';
import { nextSlice } from '../../platform/time-slice.ts';
import { parseBatchId } from './workspace.ts';

/** The decision on one action of a batch. */
export interface BatchItem {
  action_id: string;
  edits?: JsonObject | undefined;
  /** Rejects the action; never with edits. */
  exclude: boolean;
  params_hash?: string | undefined;
}

export interface BatchDecision {
  approved: number;
  rejected: number;
  skipped: number;
}

/**
 * Decides the listed items and leaves the rest of the batch unchanged. A fault in any item refuses all of them. An
 * action that somebody else resolves meanwhile is skipped; one resolved earlier is not counted.
 */
export async function batchApprovePendingActions(
  ctx: Context,
  batchId: string,
  items: readonly BatchItem[],
): Promise<BatchDecision> {
  authorizeDecision(ctx);
  const first = await findFirstReply<BatchDecision>(ctx.db, ctx.idempotency);
  if (first) return first;
  const prepared = await prepare(ctx, parseBatchId(batchId), items);
  let decided: ActionRow[] = [];
  const reply = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await assertStillAllowed(tx, ctx, authorizeDecision);
    decided = [];
    let skipped = 0;
    for (const outcome of (await writeDecisions(tx, prepared)).values())
      if (outcome instanceof AppError) skipped += 1;
      else decided.push(outcome);
    const approved = decided.filter(({ status }) => status === 'approved').length;
    return { approved, rejected: decided.length - approved, skipped };
  });
  for (const action of decided) dispatch(ctx, action);
  return reply;
}

/**
 * Prepares the decision of each row that is still pending. Throws all faults of all items at once, as INVALID, CONFLICT
 * or UNAVAILABLE.
 */
async function prepare(ctx: Context, batch_id: string, items: readonly BatchItem[]): Promise<PreparedDecisions> {
  const ids = items.map(({ action_id }) => parseId('action', action_id) ?? '');
  const { rows, upTo } = await loadMany(ctx, ids.filter(Boolean));
  if (upTo !== null)
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `The items exceed ${LOADED_MIB} MiB in total. Decide them in several requests.`,
    );
  const ofBatch = (row: ActionRow | undefined): row is ActionRow => row?.batch_id === batch_id && row.asked_at !== null;
  const firstOf = new Map(ids.map((id, index) => [id, index] as const).toReversed());
  const faults = new Map<number, AppError>();
  const asks: DecisionRequest[] = [];
  for (const [index, item] of items.entries()) {
    await nextSlice();
    const id = ids[index] ?? '';
    const row = rows.get(id);
    if (!ofBatch(row)) faults.set(index, invalid('action_id', 'is not in this batch'));
    else if (firstOf.get(id) !== index) faults.set(index, invalid('action_id', 'is given twice'));
    else if (row.status === 'pending_approval') {
      const fault = faultOf(() => refuseReserved(item.edits));
      if (fault) faults.set(index, fault);
      else asks.push({ seen: row, decision: decisionOf(item) });
    }
  }
  const prepared = await prepareDecisions(ctx, asks);
  for (const [id, one] of prepared) if (one instanceof AppError) faults.set(firstOf.get(id) ?? 0, one);
  for (const [id, fault] of await writeOutdatedPreviews(ctx, prepared)) faults.set(firstOf.get(id) ?? 0, fault);
  if (faults.size > 0)
    throw allOf([...faults].toSorted(([a], [b]) => a - b).map(([index, fault]) => inItem(index, fault)));
  return prepared;
}

/** Stores current previews even if the batch is refused: they must be seen before they are decided. */
async function writeOutdatedPreviews(ctx: Context, prepared: PreparedDecisions): Promise<Map<string, AppError>> {
  const faults = new Map<string, AppError>();
  for (const [id, one] of prepared) {
    if (one instanceof AppError || !one.isPreviewOutdated) continue;
    if (faults.size === 0) await assertStillAllowed(ctx.db, ctx, authorizeDecision);
    const fault = await writeDecision(ctx.db, one).catch((error: unknown) => error);
    if (!(fault instanceof AppError)) throw fault;
    faults.set(id, fault);
  }
  return faults;
}

function decisionOf({ edits, exclude, params_hash }: BatchItem): DecideActionBody {
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

/** The same refusal, with the item in the paths of its details. */
function inItem(index: number, { code, message, details }: AppError): AppError {
  const named = details.length > 0 ? details : [{ path: 'action_id', message }];
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
