import { runActionBody } from '@proviso/contracts';
import { authorize, authorizeActing, authorizeDecision, type Context } from '../access/context.ts';
import { dispatch } from '../action/dispatch.ts';
import { AppError } from '../platform/errors.ts';
import { replayOrRun } from '../action/replay.ts';
import { transition } from '../action/transition.ts';
import { applyDecision } from './decide.ts';
import { getActionInWorkspace } from './get.ts';
import { assertOwnAction } from './assert-own-action.ts';
import type { ActionRow } from '../action/row.ts';

/** Makes a cleared action due now. For a pending action, it is the caller's approval, due now. */
export async function runActionNow(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeActing(ctx);
  const { params_hash } = runActionBody.parse(input);
  const action = await replayOrRun(ctx.db, ctx.idempotency, async () => {
    const seen = await getActionInWorkspace(ctx, id);
    assertOwnAction(ctx, seen);
    if (seen.status === 'pending_approval') {
      authorizeDecision(ctx);
      return applyDecision(ctx, seen, { action: 'approve', ...(params_hash && { params_hash }) }, { dueNow: true });
    }
    authorize(ctx, 'actions:write');
    if (ctx.caller.agent && seen.status === 'approved')
      throw new AppError('FORBIDDEN', 'An agent cannot run a person-approved action ahead of schedule. Ask a person.');
    return transition(ctx.db, seen, 'action.released', {
      actor: ctx.caller.actor,
      data: { via: ctx.via },
      idempotency: ctx.idempotency,
    });
  });
  dispatch(ctx, action);
  return action;
}
