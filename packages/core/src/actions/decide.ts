import { decideActionBody, type DecideActionBody, type JsonObject } from '@proviso/contracts';
import { sameJson } from '../canonical.ts';
import { authorizeDecision, type Context } from '../context.ts';
import { dispatch } from '../dispatch.ts';
import { AppError } from '../errors.ts';
import type { Executor } from '../execution/executor.ts';
import { executorOf } from '../execution/find-executor.ts';
import { replayable } from '../idempotency.ts';
import { placeOf } from '../tools/reserved-fields.ts';
import { transition } from '../transition.ts';
import { drawCard, type Card } from './card.ts';
import { clearedHash } from './cleared-hash.ts';
import { getActionInWorkspace } from './get.ts';
import { givenOf, identityFor, lookupIn, parseParams, prepareEdits, prepareProposal } from './proposal.ts';
import { columnsOf, effectiveParams, type ActionChange, type ActionRow } from './row.ts';

/** Approves, rejects or edits a pending action. The loser of a race gets INVALID_STATE. */
export async function decideAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx); // a person with the right; an agent never
  return decideFound(ctx, input, () => getActionInWorkspace(ctx, id)); // NOT_FOUND
}

/** Decides the action that `find` finds. The caller has authorised. */
export async function decideFound(ctx: Context, input: unknown, find: () => Promise<ActionRow>): Promise<ActionRow> {
  const decision = decideActionBody.parse(input);
  const action = await replayable(ctx.db, ctx.idempotency, async () => settle(ctx, await find(), decision));
  dispatch(ctx, action); // a doorbell, never awaited
  return action;
}

interface Clearing {
  dueNow?: boolean;
  /** A changed proposal that is approved in the same step (PATCH with require_approval: false). */
  change?: ActionChange;
  /** What the caller changed, for the log. */
  changes?: JsonObject;
}

/** Decides an action as it was seen, in one guarded write; shared by every way in which a decision arrives. */
export async function settle(
  ctx: Context,
  seen: ActionRow,
  decision: DecideActionBody,
  { dueNow = false, change: proposed = {}, changes }: Clearing = {},
): Promise<ActionRow> {
  const { comment = null } = decision;
  const record = { by: ctx.caller.actor, comment, via: ctx.via, at: '' }; // the statement writes the time
  if (seen.status !== 'pending_approval') return decideAnyway(ctx, seen, decision);
  demandHash(ctx, seen, decision);
  if (decision.action === 'reject') {
    const approval = { ...record, decision: decision.action, edits: null };
    return transition(ctx.db, seen, 'action.rejected', {
      actor: ctx.caller.actor,
      change: { approval },
      data: { decision: 'reject', comment, via: ctx.via },
      idempotency: ctx.idempotency,
    });
  }
  const change = { ...proposed, ...(await cleared(ctx, { ...seen, ...columnsOf(proposed) }, decision.edits)) };
  const edits = change.user_edits ?? null;
  return transition(ctx.db, seen, 'action.approved', {
    actor: ctx.caller.actor,
    change: { ...change, approval: { ...record, decision: decision.action, edits }, status_reason: null },
    data: {
      decision: decision.action,
      edits,
      comment,
      params_hash: change.cleared_hash ?? null,
      via: ctx.via,
      ...(changes && { changes }),
    },
    dueNow,
    idempotency: ctx.idempotency,
  });
}

/** Lets the guarded statement say why it cannot be: the status may have moved back since it was read. */
const decideAnyway = (ctx: Context, seen: ActionRow, { action }: DecideActionBody) =>
  transition(ctx.db, { ...seen, version: -1 }, action === 'reject' ? 'action.rejected' : 'action.approved', {
    actor: ctx.caller.actor,
  });

/** An approval counts for what was shown: a given hash must be right, and a changed proposal needs one. */
function demandHash(ctx: Context, seen: ActionRow, { action, params_hash }: DecideActionBody): void {
  const conflict = (why: string): AppError =>
    new AppError('CONFLICT', why, [{ path: 'params_hash', message: why }], seen);
  if (params_hash && params_hash !== clearedHash(seen, ctx.executors))
    throw conflict('The action is not what you saw any more. Look again, then decide.');
  if (!params_hash && action !== 'reject' && seen.revision > 1)
    throw conflict('The proposal was changed after its creation. Approve it with the hash that you saw.');
}

/** What a clearing writes: the edits if any, and the hash of exactly what may run. */
async function cleared(ctx: Context, seen: ActionRow, edits?: JsonObject): Promise<ActionChange> {
  const executor = await executorOf(ctx, seen.type);
  await demandCard(ctx, executor, seen);
  return clearing(ctx, executor, seen, edits);
}

async function clearing(
  ctx: Context,
  executor: Executor,
  seen: ActionRow,
  edits: JsonObject | undefined,
): Promise<ActionChange> {
  if (!edits) {
    await parseParams(executor, effectiveParams(seen)); // a tool's schema may be another one by now
    return hashOf(ctx, seen);
  }
  const proposal = await prepareEdits(ctx, executor, seen, edits);
  const change: ActionChange = {
    params: proposal.params,
    resolved: proposal.resolved,
    user_edits: proposal.edits,
    ...proposal.card,
    agent_preview: null,
    identity_version: proposal.identity.version,
    contact_id: proposal.contactId,
    company_id: proposal.companyId,
  };
  return { ...change, ...hashOf(ctx, { ...seen, ...columnsOf(change) }) };
}

/** Throws what a decision would be refused for as the action stands, but for a card that has to be drawn again. */
export async function rehearse(ctx: Context, seen: ActionRow, decision: DecideActionBody): Promise<void> {
  const executor = await executorOf(ctx, seen.type);
  demandHash(ctx, seen, decision);
  if (decision.action === 'reject') return;
  await identityFor(ctx, executor, seen.identity_id ?? '');
  await clearing(ctx, executor, seen, decision.edits);
}

/**
 * The card must be what it would be if it were drawn now: an identity that was changed since, say, has another sender,
 * and a tool another schema. Where it is not, it is drawn again, and the decision is refused until it has been seen.
 * Throws CONFLICT.
 */
async function demandCard(ctx: Context, executor: Executor, seen: ActionRow): Promise<void> {
  const identity = await identityFor(ctx, executor, seen.identity_id ?? '');
  const found = seen.status_reason === 'stale' ? await lookUpAgain(ctx, executor, seen) : {};
  const params = effectiveParams({ ...seen, ...columnsOf(found) });
  const card = JSON.parse(JSON.stringify(await drawCard(executor, params, lookupIn(ctx, identity)))) as Card;
  const drawn = { ...found, ...card, identity_version: identity.version };
  const before = Object.fromEntries(Object.keys(drawn).map((column) => [column, seen[column as keyof typeof drawn]]));
  if (sameJson(drawn, before)) return;
  const now = await transition(ctx.db, seen, 'action.updated', {
    actor: ctx.caller.actor,
    change: { ...drawn, agent_preview: null, revision: seen.revision + 1 },
    data: { reason: 'drawn_again', via: ctx.via },
  });
  throw new AppError(
    'CONFLICT',
    'What the action would do has changed since it was drawn. Look again, then decide.',
    [],
    now,
  );
}

/** What was looked up before it went stale would be as stale the next time: people approve what is found now. */
async function lookUpAgain(ctx: Context, executor: Executor, seen: ActionRow) {
  const given = givenOf(seen);
  const { params, resolved } = await prepareProposal(ctx, {
    executor,
    given,
    identityId: seen.identity_id ?? '',
    place: placeOf(seen),
  });
  return { params, resolved };
}

/** The columns that bind a clearing to what it cleared. */
export const hashOf = (ctx: Context, row: ActionRow): ActionChange => ({
  cleared_hash: clearedHash(row, ctx.executors),
  cleared_identity_version: row.identity_version,
});
