import { bulkDecideBody, type BulkDecideBody, type DecideActionBody, type Status } from '@proviso/contracts';
import { authorizeDecision, type Context } from '../access/context.ts';
import { dispatch } from '../action/dispatch.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { inTransactionOnce, findFirstReply } from '../platform/idempotency.ts';
import { parseId } from '../platform/ids.ts';
import { assertStillAllowed } from '../access/api-keys/assert-still-allowed.ts';
import { prepareDecisions, writeDecisions } from './decisions.ts';
import { LOADED_MIB, loadMany, type Loaded } from './load-many.ts';
import type { ActionRow } from '../action/row.ts';

export interface BulkDecision {
  processed: number;
  failed: { action_id: string; code: string; error: string }[];
  /** One per id, in the order of the request. */
  results: ({ action_id: string; ok: true; status: Status } | { action_id: string; ok: false; code: string })[];
}

/** Decides many actions independently, in one transaction; one that cannot be decided does not affect the others. */
export async function bulkDecideActions(ctx: Context, input: unknown): Promise<BulkDecision> {
  authorizeDecision(ctx);
  const body = bulkDecideBody.parse(input);
  const first = await findFirstReply<BulkDecision>(ctx.db, ctx.idempotency);
  if (first) return first;
  const hashes = byUuid(body, 'params_hashes');
  const cards = byUuid(body, 'card_digests');
  const { rows, upTo } = await loadAll(ctx, body);
  const asks = [...rows.values()].map((row) => ({
    seen: row,
    decision: decisionFor(body, { params_hash: hashes.get(row.id), card_digest: cards.get(row.id) }),
  }));
  const prepared = await prepareDecisions(ctx, asks);
  let decided: ActionRow[] = [];
  const reply = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await assertStillAllowed(tx, ctx, authorizeDecision);
    const outcomes = await writeDecisions(tx, prepared);
    decided = [];
    for (const outcome of outcomes.values()) if (!(outcome instanceof AppError)) decided.push(outcome);
    return { ...replyOf(body, outcomes, upTo) };
  });
  for (const action of decided) dispatch(ctx, action);
  return reply;
}

function uuidFor(id: string): string {
  const uuid = parseId('action', id);
  if (!uuid) throw invalid('action_ids', `${id} is not the id of an action`);
  return uuid;
}

/** The hashes of a field by UUID. Throws INVALID for an id given twice in its two forms, and for a hash without its id. */
function byUuid(body: BulkDecideBody, field: 'params_hashes' | 'card_digests'): Map<string, string> {
  const given = body[field] ?? {};
  const ids = new Set(body.action_ids.map(uuidFor));
  if (ids.size < body.action_ids.length) throw invalid('action_ids', 'lists an id twice');
  const hashes = new Map(Object.entries(given).map(([id, hash]) => [uuidFor(id), hash]));
  const stray = Object.keys(given).find((id) => !ids.has(uuidFor(id)));
  if (stray !== undefined) throw invalid(`${field}.${stray}`, 'is not in action_ids');
  if (hashes.size < Object.keys(given).length) throw invalid(field, 'lists an id twice');
  return hashes;
}

async function loadAll(ctx: Context, body: BulkDecideBody): Promise<Loaded> {
  const loaded = await loadMany(ctx, body.action_ids.map(uuidFor));
  if (body.action === 'edit' && new Set([...loaded.rows.values()].map((row) => row.type)).size > 1)
    throw invalid('action_ids', 'edits apply to one type: send the actions of each type in their own request');
  return loaded;
}

function decisionFor(
  { action, comment, edits, hold_seconds }: BulkDecideBody,
  { params_hash, card_digest }: { params_hash: string | undefined; card_digest: string | undefined },
): DecideActionBody {
  return {
    action,
    ...(comment && { comment }),
    ...(edits && { edits }),
    ...(params_hash && { params_hash }),
    ...(card_digest && { card_digest }),
    ...(hold_seconds !== undefined && { hold_seconds }),
  };
}

const notFound = (): AppError => new AppError('NOT_FOUND', 'There is no such action.');
const tooLarge = (): AppError =>
  new AppError(
    'PAYLOAD_TOO_LARGE',
    `One request decides at most ${LOADED_MIB} MiB of actions. Decide this one in another request.`,
  );

function replyOf(body: BulkDecideBody, outcomes: Map<string, ActionRow | AppError>, upTo: string | null): BulkDecision {
  const reply: BulkDecision = { processed: 0, failed: [], results: [] };
  for (const action_id of body.action_ids) {
    const id = uuidFor(action_id);
    const outcome = outcomes.get(id) ?? (upTo !== null && id > upTo ? tooLarge() : notFound());
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
