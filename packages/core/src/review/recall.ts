import { ActionError } from '../action/action-error.ts';
import { noBody } from '@proviso/contracts';
import { authorizeDecision, type Context } from '../access/context.ts';
import { replayOrRun } from '../action/replay.ts';
import { transition } from '../action/transition.ts';
import { getActionInWorkspace } from './get.ts';
import { returnToReview } from '../action/return-to-review.ts';
import type { ActionRow } from '../action/row.ts';

/**
 * Returns a cleared action to review before an attempt has started. Throws INVALID_STATE and says since when it is too
 * late.
 */
export async function recallAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx);
  noBody.parse(input);
  return replayOrRun(ctx.db, ctx.idempotency, async () => {
    const seen = await getActionInWorkspace(ctx, id);
    const { actor } = ctx.caller;
    const change = { ...returnToReview(seen), status_reason: 'recalled' } as const;
    const how = { actor, change, data: { via: ctx.via }, idempotency: ctx.idempotency };
    return transition(ctx.db, seen, 'action.recalled', how).catch((error: unknown) => {
      throw error instanceof ActionError && error.code === 'INVALID_STATE' ? tooLate(error) : error;
    });
  });
}

function tooLate({ code, message, action: now }: ActionError): ActionError {
  return new ActionError(code, reasonOf(now) ?? message, now);
}

function reasonOf(now: ActionRow): string | undefined {
  const { status, completed_at, effect_started_at, started_at } = now;
  if (completed_at)
    return `It is too late to recall the action: it ended as ${status} at ${completed_at.toISOString()}.`;
  if (effect_started_at)
    return `It is too late to recall the action: its effect started at ${effect_started_at.toISOString()}.`;
  if (status === 'running' && started_at)
    return `It is too late to recall the action: an attempt started at ${started_at.toISOString()}.`;
  return status === 'pending_approval' ? 'The action is already waiting for a decision.' : undefined;
}
