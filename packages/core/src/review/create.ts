import { createActionBody, type CreateActionBody, type JsonObject, type Status } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { actionMoved } from '../action/diagnostics.ts';
import { dispatch } from '../action/dispatch.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { executorOf } from '../tools/find-executor.ts';
import { runOrReplay } from '../action/replay.ts';
import { newId } from '../platform/ids.ts';
import { activeTraceparent } from '../platform/tracing.ts';
import { assertStillAllowed } from '../access/api-keys/assert-still-allowed.ts';
import { clearedHash } from '../executors/cleared-hash.ts';
import { identityFor, prepareProposal, refuseReviewerFields, refuseTimes, type Proposal } from './proposal.ts';
import { initialStatus, proposerOf, type Proposer } from './proposer.ts';
import { rowFromJson, type ActionRow } from '../action/row.ts';
import { CREATE } from '../action/sql/create.ts';

/** Records a proposed action as pending, scheduled or auto-approved. The row is committed before this returns. */
export async function createAction(ctx: Context, input: unknown): Promise<ActionRow> {
  authorizeProposing(ctx);
  const body = createActionBody.parse(input);
  return recordProposal(ctx, () => draftRow(ctx, body));
}

/**
 * Writes the row that `draft` builds, or replays the row of the first request with this key. `may` is the right that the
 * caller must still have at the write.
 */
export async function recordProposal(
  ctx: Context,
  draft: () => Promise<DraftRow>,
  may: (ctx: Context) => void = authorizeProposing,
): Promise<ActionRow> {
  const made = await runOrReplay(ctx.db, ctx.idempotency, async () => {
    const row = await draft();
    await assertStillAllowed(ctx.db, ctx, may);
    return insert(ctx, row);
  });
  const action = ctx.idempotency?.replayed ? await withActionIndex(ctx, made) : made;
  if (!ctx.idempotency?.replayed) actionMoved.publish({ event: 'action.created', from: null, action });
  dispatch(ctx, action);
  return action;
}

export function authorizeProposing(ctx: Context): void {
  authorize(ctx, 'actions:write');
  if (ctx.caller.agent && !ctx.caller.agent.enabled) throw new AppError('FORBIDDEN', 'The agent is disabled.');
}

export type DraftRow = ReturnType<typeof newRow>;

/** A type that needs no identity may be proposed without one. */
export type ProposalBody = Omit<CreateActionBody, 'identity_id'> & { identity_id: string | null };

/** Builds the row to insert from a body. Throws INVALID. */
export async function draftRow(ctx: Context, body: ProposalBody): Promise<DraftRow> {
  checkTimes(body);
  const executor = await executorOf(ctx, body.type);
  refuseReviewerFields(executor, body.params);
  refuseTimes(executor, body);
  const { params: given, mission_id: missionId, session_id: sessionId } = body;
  const lookedUp = identityFor(ctx, executor, body.identity_id); // beside the proposer, whose refusal goes first
  lookedUp.catch(() => undefined);
  const proposer = await proposerOf(ctx, body);
  const identity = await lookedUp;
  const callContext = { workspaceId: ctx.caller.workspaceId, missionId, sessionId };
  const proposal = await prepareProposal(ctx, { executor, given, identity, callContext, mayLackLookUp: true });
  // A proposal with missing look-ups cannot run: a person sees it once it is complete.
  const needsReview = executor.alwaysAsks || proposal.notLookedUp !== undefined;
  const status = needsReview ? 'pending_approval' : initialStatus(body, proposer);
  return newRow(ctx, body, { ...proposer, ...proposal, status });
}

function checkTimes({ direct, scheduled_time, require_approval, expires_at }: ProposalBody): void {
  if (direct && scheduled_time)
    throw invalid('direct', 'starts the action at once: give either direct or scheduled_time, not both');
  if (direct && require_approval)
    throw invalid('direct', 'starts the action at once: give either direct or require_approval, not both');
  if (expires_at && scheduled_time && Date.parse(expires_at) <= Date.parse(scheduled_time))
    throw invalid('expires_at', 'must be after scheduled_time: give a later time');
}

/** A proposal, its proposer and its initial status. */
type Draft = Proposal & Proposer & { status: Status };

/** Binds a proposal that is cleared at once to its content. */
function approvalBinding(ctx: Context, { type, ...body }: ProposalBody, { params, identity, rendered, status }: Draft) {
  if (status === 'pending_approval') return { cleared_hash: null, cleared_identity_version: null };
  const scheduled_time = body.scheduled_time ? new Date(body.scheduled_time) : null;
  const proposed = { type, params, user_edits: null, scheduled_time, ...rendered };
  const identity_version = identity?.version ?? null;
  const row = { ...proposed, identity_id: identity?.id ?? null, identity_version };
  return { cleared_hash: clearedHash(row, ctx.executors), cleared_identity_version: identity_version };
}

function newRow(ctx: Context, body: ProposalBody, draft: Draft) {
  const { params, identity, status } = draft;
  const identity_version = identity?.version ?? null;
  return {
    id: newId(),
    workspace_id: ctx.caller.workspaceId,
    type: body.type,
    status,
    status_reason: draft.notLookedUp === undefined ? null : ('not_looked_up' as const),
    params,
    resolved: draft.resolved,
    original_params: null,
    user_edits: null,
    approval: null,
    ...approvalBinding(ctx, body, draft),
    ...draft.rendered,
    status_before_run: null,
    identity_id: identity?.id ?? null,
    identity_version, // not a column: stored in an Idempotency-Key's snapshot
    description: body.description ?? null,
    agent_preview: null as JsonObject | null,
    direct: body.direct ?? false,
    require_approval: body.require_approval ?? false,
    scheduled_time: body.scheduled_time ?? null,
    expires_at: body.expires_at ?? null,
    list_id: body.list_id ?? null,
    item_id: body.item_id ?? null,
    contact_id: draft.contactId,
    company_id: draft.companyId,
    agent_id: draft.agent?.id ?? null,
    run_id: draft.runId,
    run_contact_id: draft.runId && draft.contactId,
    action_index: null, // the statement counts it
    mission_id: body.mission_id ?? null,
    session_id: body.session_id ?? null,
    batch_id: body.mission_id ? `${body.mission_id}:${body.type}` : null,
    again_of: null as string | null,
    traceparent: activeTraceparent(),
    metadata: body.metadata ?? {},
    lease_until: null,
    lease_owner: null,
    effect_started_at: null,
    unavailable_since: null,
    result: null,
    error: null,
    created_by: ctx.caller.actor,
    started_at: null,
    completed_at: null,
  };
}

/**
 * The statement that stores the key's snapshot also counts the index, so the snapshot lacks it. The index never
 * changes.
 */
async function withActionIndex(ctx: Context, action: ActionRow): Promise<ActionRow> {
  if (!action.run_contact_id) return action;
  const where = { id: action.id, workspace_id: action.workspace_id };
  const row = await ctx.db.tables.actions.findFirst({ where, select: { action_index: true } });
  return { ...action, action_index: row?.action_index ?? null };
}

async function insert(ctx: Context, row: DraftRow): Promise<ActionRow> {
  const use = ctx.idempotency;
  const [answer] = await ctx.db.query(CREATE, {
    row: JSON.stringify(row),
    token: use?.tokenId ?? null,
    key: use?.key ?? null,
    requestHash: use?.requestHash ?? null,
    actor: JSON.stringify(ctx.caller.actor),
    data: JSON.stringify({ via: ctx.via }),
  });
  if (answer?.code === 'MISMATCH')
    throw new AppError('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for another request. Use a new key.');
  if (!answer?.action) throw invalid('expires_at', 'is in the past');
  if (use) use.replayed = answer.code === 'REPLAYED';
  return rowFromJson(answer.action, row.identity_version);
}
