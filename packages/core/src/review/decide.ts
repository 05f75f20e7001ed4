import { ActionError } from '../action/action-error.ts';
import { decideActionBody, type DecideActionBody, type JsonObject, type Preview } from '@proviso/contracts';
import { sameJson } from '../platform/canonical.ts';
import { authorizeDecision, assertDecider, type Context } from '../access/context.ts';
import type { Queryable } from '../platform/db.ts';
import { dispatch } from '../action/dispatch.ts';
import { type AppError, invalid } from '../platform/errors.ts';
import type { Executor } from '../executors/executor.ts';
import { executorOf } from '../tools/find-executor.ts';
import { replayOrRun } from '../action/replay.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import { assertStillAllowed } from '../access/api-keys/assert-still-allowed.ts';
import { holdSecondsOf } from '../access/settings/get.ts';
import { callContextOf } from '../schema/reserved-fields.ts';
import { transition, type Transition } from '../action/transition.ts';
import { cardDigestOf, renderPreview, type RenderedPreview } from '../executors/render-preview.ts';
import { addRewordingWarning, hasRewordingWarning, isRewording } from './rewording.ts';
import { clearedHash } from '../executors/cleared-hash.ts';
import { getActionInWorkspace } from './get.ts';
import {
  givenParams,
  identityFor,
  lookupContext,
  parseParams,
  prepareEdits,
  prepareProposal,
  type Proposal,
} from './proposal.ts';
import { columnsOf, effectiveParams, type ActionChange, type ActionRow } from '../action/row.ts';

/** Approves, rejects or edits a pending action. The loser of a race gets INVALID_STATE. */
export async function decideAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx); // a person with the right; an agent never
  return loadAndDecide(ctx, input, () => getActionInWorkspace(ctx, id)); // NOT_FOUND
}

/** Decides the action that `find` returns. The caller has authorised. */
export async function loadAndDecide(ctx: Context, input: unknown, find: () => Promise<ActionRow>): Promise<ActionRow> {
  const decision = decideActionBody.parse(input);
  const action = await replayOrRun(ctx.db, ctx.idempotency, async () => applyDecision(ctx, await find(), decision));
  dispatch(ctx, action); // a wake-up, never awaited
  return action;
}

interface DecisionOptions {
  dueNow?: boolean;
  /** A changed proposal that is approved in the same step (PATCH with require_approval: false). */
  change?: ActionChange;
  /** What the caller changed, for the log. */
  changes?: JsonObject;
  /** The right that the caller must still have at the write; by default the right to decide. Throws FORBIDDEN. */
  may?: (now: Context) => void;
}

/** A decision that has been read and looked up; only the guarded write is missing. */
export interface PreparedDecision {
  seen: ActionRow;
  event: 'action.approved' | 'action.rejected' | 'action.updated';
  options: Omit<Transition, 'idempotency'>;
  /** The preview is outdated: the write stores the current one and refuses the decision until somebody has seen it. */
  isPreviewOutdated?: true;
}

/** Decides an action as it was seen; every single decision comes through here. */
export async function applyDecision(
  ctx: Context,
  seen: ActionRow,
  decision: DecideActionBody,
  how: DecisionOptions = {},
): Promise<ActionRow> {
  const prepared = await prepareDecision(ctx, seen, decision, how);
  await assertStillAllowed(ctx.db, ctx, how.may ?? assertDecider);
  return writeDecision(ctx.db, prepared, ctx.idempotency);
}

/**
 * Reads and looks up everything that a decision needs, outside any transaction. Writes nothing. Throws INVALID,
 * CONFLICT.
 */
export async function prepareDecision(
  ctx: Context,
  seen: ActionRow,
  decision: DecideActionBody,
  { dueNow = false, change: proposed = {}, changes }: DecisionOptions = {},
): Promise<PreparedDecision> {
  const { actor } = ctx.caller;
  const { comment = null } = decision;
  const { card_digest = null } = decision;
  const record = { by: actor, comment, via: ctx.via, card_digest, at: '' }; // the statement writes the time
  // The guarded statement says why it refuses: the status may have moved back since it was read.
  if (seen.status !== 'pending_approval')
    return { seen: { ...seen, version: -1 }, event: eventOf(decision), options: { actor } };
  assertHash(ctx, seen, decision);
  assertCard(seen, decision);
  if (decision.action === 'reject') {
    const change = { approval: { ...record, decision: decision.action, edits: null } };
    return {
      seen,
      event: 'action.rejected',
      options: { actor, change, data: { decision: 'reject', comment, via: ctx.via, ...shownCard(seen, decision) } },
    };
  }
  const executor = await executorOf(ctx, seen.type);
  const proposal = { ...seen, ...columnsOf(proposed) };
  const outdated = await renderOutdatedPreview(ctx, executor, proposal);
  if (outdated) return { seen, ...outdated };
  const binding = await approvalBinding(ctx, executor, proposal, decision.edits);
  const change = { ...proposed, ...binding.change };
  assertDecides(executor, effectiveParams({ ...proposal, ...columnsOf(change) }), comment);
  const { edits } = binding;
  const hash = { params_hash: change.cleared_hash ?? null };
  const how = { ...hash, via: ctx.via, ...shownCard(seen, decision) };
  const data = { decision: decision.action, edits, comment, ...how, ...(changes && { changes }) };
  const approval = { ...record, decision: decision.action, edits };
  const holdSeconds = dueNow ? 0 : await holdSecondsOf(ctx, seen.type, decision.hold_seconds);
  return {
    seen,
    event: 'action.approved',
    options: {
      actor,
      change: { ...change, approval, status_reason: null },
      data: { ...data, ...(holdSeconds > 0 && { hold_seconds: holdSeconds }) },
      dueNow,
      holdMs: holdSeconds * 1_000,
    },
  };
}

const eventOf = ({ action }: DecideActionBody) => (action === 'reject' ? 'action.rejected' : 'action.approved');

/** The one guarded write of a decision, alone or in a transaction. Throws INVALID_STATE, CONFLICT. */
export async function writeDecision(
  db: Queryable,
  { seen, event, options, isPreviewOutdated }: PreparedDecision,
  idempotency?: Idempotency,
): Promise<ActionRow> {
  if (!isPreviewOutdated) return transition(db, seen, event, { ...options, idempotency });
  const now = await transition(db, seen, event, options);
  const message = 'What the action would do has changed since it was previewed. Reload it and decide again.';
  throw new ActionError('CONFLICT', message, now);
}

/** An approval is for what was shown: a given hash must match, and a changed proposal requires one. */
function assertHash(ctx: Context, seen: ActionRow, { action, params_hash }: DecideActionBody): void {
  const conflict = (why: string): AppError =>
    new ActionError('CONFLICT', why, seen, [{ path: 'params_hash', message: why }]);
  if (params_hash && params_hash !== clearedHash(seen, ctx.executors))
    throw conflict('The action has changed since you read it. Reload it and decide again.');
  if (!params_hash && action !== 'reject' && seen.revision > 1)
    throw conflict('The proposal has changed since it was created. Approve it with the hash that you read.');
}

/** A decision for a preview counts only for that one: the same params may be previewed anew. Throws CONFLICT. */
function assertCard(seen: ActionRow, { card_digest }: DecideActionBody): void {
  if (card_digest === undefined || card_digest === cardDigestOf(seen)) return;
  const message = 'The preview has changed since it was shown to you. Reload it and decide again.';
  throw new ActionError('CONFLICT', message, seen, [{ path: 'card_digest', message }]);
}

/** For the log: what was shown, whole if the edits of this decision replace it. */
const shownCard = ({ preview }: ActionRow, { card_digest, edits }: DecideActionBody): JsonObject => ({
  ...(card_digest && { card_digest }),
  ...(card_digest && edits && preview && { card: preview as unknown as JsonObject }),
});

/** An approval that leaves the question open decides nothing. Throws INVALID at the missing edit. */
function assertDecides(executor: Executor, params: JsonObject, comment: string | null): void {
  const fault = executor.approvalFault?.(params, { comment });
  if (fault) throw invalid(`edits.${fault.field}`, fault.message);
}

/** The columns of an approval: the edits, if any, and the hash of exactly what may run. `edits` are for the record. */
async function approvalBinding(
  ctx: Context,
  executor: Executor,
  seen: ActionRow,
  edits: JsonObject | undefined,
): Promise<{ change: ActionChange; edits: JsonObject | null }> {
  if (!edits) {
    await parseParams(executor, effectiveParams(seen)); // a tool's schema may have changed
    return { change: clearedColumns(ctx, seen), edits: null };
  }
  const proposal = await prepareEdits(ctx, executor, seen, edits);
  const change: ActionChange = {
    params: proposal.params,
    resolved: proposal.resolved,
    user_edits: proposal.edits,
    ...proposal.rendered,
    agent_preview: null,
    identity_version: proposal.identity?.version ?? null,
    contact_id: proposal.contactId,
    company_id: proposal.companyId,
    ...(proposal.removed.length > 0 && { original_params: seen.original_params ?? seen.params }),
  };
  return {
    change: { ...change, ...clearedColumns(ctx, { ...seen, ...columnsOf(change) }) },
    edits: { ...Object.fromEntries(proposal.removed.map((field) => [field, null])), ...proposal.edits },
  };
}

/**
 * The preview must equal one rendered now: a changed identity may have another sender, and a tool another schema.
 * Returns the write that stores the current preview if it does not.
 */
async function renderOutdatedPreview(
  ctx: Context,
  executor: Executor,
  seen: ActionRow,
): Promise<Omit<PreparedDecision, 'seen'> | undefined> {
  const identity = await identityFor(ctx, executor, seen.identity_id);
  const isIncomplete = seen.status_reason === 'not_looked_up';
  const found = isIncomplete || seen.status_reason === 'stale' ? await lookUpAgain(ctx, executor, seen, identity) : {};
  const params = effectiveParams({ ...seen, ...columnsOf(found) });
  const rendered = JSON.parse(
    JSON.stringify(await renderPreview(executor, params, lookupContext(ctx, identity))),
  ) as RenderedPreview;
  const whole = isIncomplete && { status_reason: null };
  const now = { ...found, ...rendered, ...whole, identity_version: identity?.version ?? null };
  const before = Object.fromEntries(Object.keys(now).map((column) => [column, seen[column as keyof typeof now]]));
  if (sameJson(withoutNewSummary(now, seen), before)) return undefined;
  if (isRewording(executor, now, before)) {
    if (hasRewordingWarning(seen.preview)) return undefined;
    now.preview = addRewordingWarning(seen.preview, now.preview);
  }
  return {
    event: 'action.updated',
    isPreviewOutdated: true,
    options: {
      actor: ctx.caller.actor,
      change: { ...now, agent_preview: null, revision: seen.revision + 1 },
      data: { reason: 'preview_changed', via: ctx.via },
    },
  };
}

/** A preview from before there were summaries is not outdated by that alone. */
const withoutNewSummary = <Now extends { preview: Preview }>(now: Now, { preview: before }: ActionRow): Now => {
  const { summary: _, ...preview } = now.preview;
  return before?.summary === undefined ? { ...now, preview } : now;
};

/** Looks up again what went stale, so that people approve current values. */
async function lookUpAgain(ctx: Context, executor: Executor, seen: ActionRow, identity: Proposal['identity']) {
  const given = givenParams(seen);
  const { params, resolved } = await prepareProposal(ctx, {
    executor,
    given,
    identity,
    callContext: callContextOf(seen),
  });
  return { params, resolved };
}

/** The columns that bind an approval to what it cleared. */
export const clearedColumns = (ctx: Context, row: ActionRow): ActionChange => ({
  cleared_hash: clearedHash(row, ctx.executors),
  cleared_identity_version: row.identity_version,
});
