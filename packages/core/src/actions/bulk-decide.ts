import { bulkDecideBody, type BulkDecideBody, type DecideActionBody, type Status } from '@proviso/contracts';
import { authorizeDecision, type Context } from '../context.ts';
import { dispatch } from '../dispatch.ts';
import { AppError, invalid } from '../errors.ts';
import { once } from '../idempotency.ts';
import { readId } from '../ids.ts';
import { WITH_IDENTITY } from './get.ts';
import { rowFromTable, type ActionRow } from './row.ts';
import { settleAll } from './settle-all.ts';

export interface BulkDecision {
  processed: number;
  failed: { action_id: string; code: string; error: string }[];
  /** One per id, in the order of the request. */
  results: ({ action_id: string; ok: true; status: Status } | { action_id: string; ok: false; code: string })[];
}

/** Decides many actions, each by itself, in one transaction; one that cannot be decided leaves the others as they go. */
export async function bulkDecideActions(ctx: Context, input: unknown): Promise<BulkDecision> {
  authorizeDecision(ctx);
  const body = bulkDecideBody.parse(input);
  const hashes = hashesOf(body);
  const seen = await loadAll(ctx, body);
  const asks = [...seen.values()].map((row) => ({ seen: row, decision: decisionFor(body, hashes.get(row.id)) }));
  let decided: ActionRow[] = [];
  const reply = await once(ctx.db, ctx.idempotency, async (tx) => {
    const outcomes = await settleAll(ctx, tx, asks);
    decided = [];
    for (const outcome of outcomes.values()) if (!(outcome instanceof AppError)) decided.push(outcome);
    return { ...replyOf(body, outcomes) };
  });
  for (const action of decided) dispatch(ctx, action);
  return reply;
}

function uuidFor(id: string): string {
  const uuid = readId('action', id);
  if (!uuid) throw invalid('action_ids', `${id} is not the id of an action`);
  return uuid;
}

/** The hashes by UUID; an id twice in its two forms, or a hash that binds nothing, is INVALID. */
function hashesOf({ action_ids, params_hashes = {} }: BulkDecideBody): Map<string, string> {
  const ids = new Set(action_ids.map(uuidFor));
  if (ids.size < action_ids.length) throw invalid('action_ids', 'names an id twice');
  const hashes = new Map(Object.entries(params_hashes).map(([id, hash]) => [uuidFor(id), hash]));
  const stray = Object.keys(params_hashes).find((id) => !ids.has(uuidFor(id)));
  if (stray !== undefined) throw invalid(`params_hashes.${stray}`, 'is not among action_ids');
  if (hashes.size < Object.keys(params_hashes).length) throw invalid('params_hashes', 'names an id twice');
  return hashes;
}

async function loadAll(ctx: Context, body: BulkDecideBody): Promise<Map<string, ActionRow>> {
  const rows = await ctx.db.tables.actions.findMany({
    where: {
      id: { in: body.action_ids.map(uuidFor) },
      workspace_id: ctx.caller.workspaceId,
    },
    include: WITH_IDENTITY,
  });
  if (body.action === 'edit' && new Set(rows.map((row) => row.type)).size > 1)
    throw invalid('action_ids', 'one edit fits actions of one type only');
  return new Map(rows.map((row) => [row.id, rowFromTable(row)]));
}

function decisionFor({ action, comment, edits }: BulkDecideBody, params_hash: string | undefined): DecideActionBody {
  return { action, ...(comment && { comment }), ...(edits && { edits }), ...(params_hash && { params_hash }) };
}

function replyOf(body: BulkDecideBody, outcomes: Map<string, ActionRow | AppError>): BulkDecision {
  const reply: BulkDecision = { processed: 0, failed: [], results: [] };
  for (const action_id of body.action_ids) {
    const outcome = outcomes.get(uuidFor(action_id)) ?? new AppError('NOT_FOUND', 'There is no such action.');
    if (outcome instanceof AppError) {
      reply.failed.push({ action_id, code: outcome.code, error: outcome.message });
      reply.results.push({ action_id, ok: false, code: outcome.code });
    } else {
      reply.processed += 1;
      reply.results.push({ action_id, ok: true, status: outcome.status });
    }
  }
  return reply;
}
