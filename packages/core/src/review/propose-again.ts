import { isTerminal, proposeAgainBody, type ProposeAgainBody } from '@proviso/contracts';
import { authorizeActing, type Context } from '../access/context.ts';
import { ActionError } from '../action/action-error.ts';
import { replayOrRun } from '../action/replay.ts';
import { effectiveParams, type ActionRow } from '../action/row.ts';
import { sameJson } from '../platform/canonical.ts';
import { isDuplicate } from '../platform/database-errors.ts';
import { formatId, formatIdOrNull } from '../platform/ids.ts';
import { executorOf } from '../tools/find-executor.ts';
import { authorizeProposing, draftRow, recordProposal, type ProposalBody } from './create.ts';
import { findSuccessor, getActionInWorkspace } from './get.ts';
import { assertOwnAction } from './assert-own-action.ts';

/**
 * Proposes an ended action again, as a new action that waits for a person and names the old one. An action has one
 * successor at most: a second call returns the same, or throws CONFLICT if it asks for something else. Throws
 * INVALID_STATE while the action is open or its outcome is unknown.
 */
export async function proposeAgain(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeProposingAgain(ctx);
  const changes = proposeAgainBody.parse(input);
  return replayOrRun(ctx.db, ctx.idempotency, async () => {
    const former = await getActionInWorkspace(ctx, id);
    assertOwnAction(ctx, former);
    assertEnded(former);
    const draft = async () => ({ ...(await draftRow(ctx, await bodyOf(ctx, former, changes))), again_of: former.id });
    const successor = await findSuccessor(ctx, former);
    if (successor) return assertSame(successor, changes);
    return recordProposal(ctx, draft, authorizeProposingAgain).catch(found);

    /** Of two calls at the same time, one creates the action and the other finds it. */
    async function found(error: unknown): Promise<ActionRow> {
      const winner = isDuplicate(error) ? await findSuccessor(ctx, former) : undefined;
      if (winner) return assertSame(winner, changes);
      throw error;
    }
  });
}

/** Whoever decides may: the new action waits for a person again. An agent must be enabled. Throws FORBIDDEN. */
export function authorizeProposingAgain(ctx: Context): void {
  authorizeActing(ctx);
  if (ctx.caller.agent) authorizeProposing(ctx);
}

function assertEnded(former: ActionRow): void {
  if (!isTerminal(former.status))
    throw new ActionError(
      'INVALID_STATE',
      `An action that is ${former.status} cannot be proposed again: it must have ended.`,
      former,
    );
  if (former.status_reason === 'outcome_unknown')
    throw new ActionError(
      'INVALID_STATE',
      'It may have happened. Check, confirm what you found, then propose it again.',
      former,
    );
  if (former.redaction)
    throw new ActionError('INVALID_STATE', 'The content of this action was redacted. Propose a new action.', former);
}

/** The successor, unless these changes would be lost. Throws CONFLICT at each. */
function assertSame(successor: ActionRow, { params = {}, description }: ProposeAgainBody): ActionRow {
  const proposed = successor.original_params ?? successor.params;
  const lost = [
    ...Object.keys(params).flatMap((name) =>
      sameJson(params[name] ?? null, proposed[name] ?? null) ? [] : `params.${name}`,
    ),
    ...(description === undefined || description === successor.description ? [] : ['description']),
  ];
  if (lost.length === 0) return successor;
  const id = formatId('action', successor.id);
  const message = `It was proposed again before, as ${id}, without these changes: ${lost.join(', ')}. Change that action instead.`;
  throw new ActionError(
    'CONFLICT',
    message,
    successor,
    lost.map((path) => ({ path, message: 'is different in the action that was proposed before' })),
  );
}

/** The earlier proposal without what was looked up or answered for it. */
async function bodyOf(
  ctx: Context,
  former: ActionRow,
  { params = {}, description = former.description ?? undefined }: ProposeAgainBody,
): Promise<ProposalBody> {
  const { reviewerFields = [], resolvedFields = [] } = await executorOf(ctx, former.type);
  const filledIn = new Set<string>([...Object.keys(former.resolved), ...resolvedFields, ...reviewerFields]);
  const kept = Object.entries(effectiveParams(former)).filter(([name]) => !filledIn.has(name));
  return {
    type: former.type,
    params: { ...Object.fromEntries(kept), ...params },
    identity_id: formatIdOrNull('identity', former.identity_id),
    require_approval: true,
    metadata: former.metadata,
    ...(description !== undefined && { description }),
    ...(former.list_id !== null && { list_id: former.list_id }),
    ...(former.item_id !== null && { item_id: former.item_id }),
    ...(former.mission_id !== null && { mission_id: former.mission_id }),
    ...(former.session_id !== null && { session_id: former.session_id }),
  };
}
