import { bulkCreateBody, createActionBody, type ErrorDetail, type Status } from '@proviso/contracts';
import { z } from 'zod';
import type { Context } from '../access/context.ts';
import type { Transaction } from '../platform/db.ts';
import { actionMoved } from '../action/diagnostics.ts';
import { dispatch } from '../action/dispatch.ts';
import { AppError, invalid, invalidInput } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId, formatId } from '../platform/ids.ts';
import { assertStillAllowed } from '../access/api-keys/assert-still-allowed.ts';
import { authorizeProposing, draftRow, type DraftRow } from './create.ts';
import { inChunks, sizeOf } from '../platform/chunks.ts';
import { rowFromJson, type ActionRow } from '../action/row.ts';
import { CREATE_MANY } from '../action/sql/create.ts';

export interface BulkCreation {
  created: number;
  failed: { index: number; code: string; error: string; details: ErrorDetail[] }[];
  /** One per item, in the order of the request. */
  results: ({ index: number; action_id: string; status: Status } | { index: number; code: string; error: string })[];
}

/**
 * Records many proposals independently: an invalid one does not affect the others. Look-ups by id, and the insert, take
 * one statement per chunk of items. An executor's other look-ups, such as a contact's newest thread, take one per
 * item.
 */
export async function bulkCreateActions(ctx: Context, input: unknown): Promise<BulkCreation> {
  authorizeProposing(ctx);
  const { actions } = bulkCreateBody.parse(input);
  const drafts = await draftAll(ctx, actions);
  const rows = drafts.filter((draft): draft is DraftRow => !(draft instanceof AppError));
  let created: ActionRow[] = [];
  const reply = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await assertStillAllowed(tx, ctx, authorizeProposing);
    created = await inChunks(rows, sizeOf, (chunk) => insert(ctx, tx, chunk));
    return { ...replyOf(drafts, created) };
  });
  for (const action of created) dispatch(ctx, action);
  return reply;
}

async function insert(ctx: Context, tx: Transaction, rows: readonly DraftRow[]): Promise<ActionRow[]> {
  const created = await tx.query(CREATE_MANY, {
    rows: JSON.stringify(rows),
    actor: JSON.stringify(ctx.caller.actor),
    data: JSON.stringify({ via: ctx.via }),
  });
  const actions = created.map(({ action }) => rowFromJson(action));
  for (const action of actions) actionMoved.publish({ event: 'action.created', from: null, action });
  return actions;
}

async function draftAll(ctx: Context, actions: readonly unknown[]): Promise<(DraftRow | AppError)[]> {
  const drafts = await inChunks(actions, sizeOf, (chunk) => Promise.all(chunk.map((item) => draftOne(ctx, item))));
  // Sorted ids keep the order of the request: they break ties between rows of one moment in every list and queue.
  const ids = drafts.map(() => newId()).toSorted();
  return drafts.map((draft, index) => (draft instanceof AppError ? draft : { ...draft, id: ids[index] ?? draft.id }));
}

async function draftOne(ctx: Context, item: unknown): Promise<DraftRow | AppError> {
  try {
    return await draftRow(ctx, createActionBody.parse(item));
  } catch (error) {
    if (error instanceof z.ZodError) return invalidInput(error);
    if (error instanceof AppError) return error;
    throw error;
  }
}

function replyOf(drafts: (DraftRow | AppError)[], created: ActionRow[]): BulkCreation {
  const made = new Map(created.map((action) => [action.id, action]));
  const reply: BulkCreation = { created: created.length, failed: [], results: [] };
  for (const [index, draft] of drafts.entries()) {
    const action = draft instanceof AppError ? undefined : made.get(draft.id);
    if (action) {
      reply.results.push({ index, action_id: formatId('action', action.id), status: action.status });
      continue;
    }
    const { code, message, details } = draft instanceof AppError ? draft : invalid('expires_at', 'is in the past');
    reply.failed.push({ index, code, error: message, details });
    reply.results.push({ index, code, error: message });
  }
  return reply;
}
