import { ActionError } from '../action/action-error.ts';
import {
  isCleared,
  updateActionBody,
  type DecideActionBody,
  type JsonObject,
  type StatusReason,
  type UpdateActionBody,
} from '@proviso/contracts';
import { authorize, authorizeActing, authorizeDecision, mayDecide, type Context } from '../access/context.ts';
import { hashJson } from '../platform/canonical.ts';
import { dispatch } from '../action/dispatch.ts';
import { invalid } from '../platform/errors.ts';
import type { Executor } from '../executors/executor.ts';
import { executorOf } from '../tools/find-executor.ts';
import { assertStillAllowed } from '../access/api-keys/assert-still-allowed.ts';
import { callContextOf } from '../schema/reserved-fields.ts';
import { transition } from '../action/transition.ts';
import { clearedColumns, applyDecision } from './decide.ts';
import { getActionInWorkspace } from './get.ts';
import { foldEdits, returnToReview } from '../action/return-to-review.ts';
import { assertOwnAction } from './assert-own-action.ts';
import { givenParams, identityFor, prepareProposal, refuseReviewerFields, refuseTimes } from './proposal.ts';
import { columnsOf, type ActionChange, type ActionRow } from '../action/row.ts';

/**
 * Changes an action that has not begun. Changed params or identity return a cleared action to a person, unless it is
 * scheduled and the caller may approve. Any change of a cleared action by an agent returns it. `ifVersion` is the
 * version that the caller saw (If-Match); if it is not current, throws PRECONDITION_FAILED.
 */
export async function updateAction(ctx: Context, id: string, input: unknown, ifVersion?: number): Promise<ActionRow> {
  authorizeActing(ctx);
  const body = updateActionBody.parse(input);
  const seen = await getActionInWorkspace(ctx, id);
  assertOwnAction(ctx, seen);
  if (ifVersion !== undefined && ifVersion !== seen.version)
    throw new ActionError('PRECONDITION_FAILED', `The action is at version ${seen.version}, not ${ifVersion}.`, seen);
  if (body.scheduled_time && seen.expires_at && Date.parse(body.scheduled_time) >= seen.expires_at.getTime())
    throw invalid('scheduled_time', 'must be before expires_at');
  const action = await write(ctx, seen, body);
  dispatch(ctx, action);
  return action;
}

async function write(ctx: Context, seen: ActionRow, body: UpdateActionBody): Promise<ActionRow> {
  const approves = body.require_approval === false && seen.status === 'pending_approval';
  const { require_approval: _, params_hash: __, ...more } = body;
  const may = (now: Context): void => {
    if (body.require_approval === false && (approves || now.caller.agent)) authorizeDecision(now);
    if (!approves || Object.keys(more).length > 0) authorize(now, 'actions:write');
  };
  may(ctx);
  const executor = await executorOf(ctx, seen.type);
  if (body.params) refuseReviewerFields(executor, body.params);
  refuseTimes(executor, body);
  const change = await changeOf(ctx, executor, seen, body);
  const { params_hash, ...changes } = body as UpdateActionBody & JsonObject;
  if (approves) {
    const decision: DecideActionBody = { action: 'approve', ...(params_hash && { params_hash }) };
    return applyDecision(ctx, seen, decision, { change, changes, may });
  }
  const data: JsonObject = { changes, via: ctx.via };
  const now = await assertStillAllowed(ctx.db, ctx, may);
  const reason = reviewReason(now, seen, body);
  if (reason)
    return transition(ctx.db, seen, 'action.returned_to_review', {
      actor: ctx.caller.actor,
      change: { ...returnToReview(seen), ...change, status_reason: reason },
      data: { ...data, reason },
    });
  const rehash = isCleared(seen.status) ? clearedColumns(ctx, { ...seen, ...columnsOf(change) }) : {};
  return transition(ctx.db, seen, 'action.updated', {
    actor: ctx.caller.actor,
    change: { ...change, ...rehash },
    data,
  });
}

function reviewReason(ctx: Context, seen: ActionRow, body: UpdateActionBody): StatusReason | undefined {
  if (!isCleared(seen.status)) return undefined;
  if (body.require_approval) return 'recalled';
  if (ctx.caller.agent) return 'changed_after_approval';
  const material = body.params !== undefined || body.identity_id !== undefined;
  return material && !(seen.status === 'scheduled' && mayDecide(ctx)) ? 'changed_after_approval' : undefined;
}

async function changeOf(
  ctx: Context,
  executor: Executor,
  seen: ActionRow,
  body: UpdateActionBody,
): Promise<ActionChange> {
  return {
    ...(body.description !== undefined && { description: body.description }),
    ...(body.scheduled_time !== undefined && { scheduled_time: body.scheduled_time, revision: seen.revision + 1 }),
    ...(body.require_approval !== undefined && { require_approval: body.require_approval }),
    ...((body.params || body.identity_id) && (await proposalChange(ctx, executor, seen, body))),
  };
}

async function proposalChange(
  ctx: Context,
  executor: Executor,
  row: ActionRow,
  body: UpdateActionBody,
): Promise<ActionChange> {
  const seen = { ...row, ...columnsOf(foldEdits(row)) };
  const proposal = await prepareProposal(ctx, {
    executor,
    given: body.params ?? givenParams(seen),
    // Another account may find something else under the same name.
    stillValid: body.params || body.identity_id ? {} : seen.resolved,
    identity: await identityFor(ctx, executor, body.identity_id ?? seen.identity_id),
    callContext: callContextOf(seen),
  });
  const differs = hashJson(proposal.params) !== hashJson(seen.params);
  return {
    params: proposal.params,
    resolved: proposal.resolved,
    ...(differs && { original_params: seen.original_params ?? seen.params }),
    ...(seen.status_reason === 'not_looked_up' && { status_reason: null }),
    revision: seen.revision + 1,
    user_edits: null,
    approval: null,
    ...proposal.rendered,
    agent_preview: null,
    identity_id: proposal.identity?.id ?? null,
    identity_version: proposal.identity?.version ?? null,
    contact_id: proposal.contactId,
    company_id: proposal.companyId,
  };
}
