import { assignActionBody, type Actor } from '@proviso/contracts';
import { authorizeReviewing, mayRoleDecide, type Context } from '../access/context.ts';
import { getMemberInWorkspace } from '../access/members/get.ts';
import { replayOrRun } from '../action/replay.ts';
import type { ActionRow } from '../action/row.ts';
import { transition } from '../action/transition.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { formatId } from '../platform/ids.ts';
import { getActionInWorkspace } from './get.ts';

/** Hands a pending action to a member, or back to everybody. Anybody else who may decide still can. */
export async function assignAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeReviewing(ctx);
  const { user_id } = assignActionBody.parse(input);
  return replayOrRun(ctx.db, ctx.idempotency, async () => {
    const seen = await getActionInWorkspace(ctx, id);
    const assignee = user_id === null ? null : await reviewerOf(ctx, user_id);
    return transition(ctx.db, seen, 'action.assigned', {
      actor: ctx.caller.actor,
      change: { assignee },
      data: { assignee: assignee && { ...assignee }, via: ctx.via },
      idempotency: ctx.idempotency,
    });
  });
}

/** The member with that id, if they may decide. Throws INVALID. */
async function reviewerOf(ctx: Context, userId: string): Promise<Actor> {
  const member = await getMemberInWorkspace(ctx, ctx.db, userId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
  if (!member || !mayRoleDecide(member.role)) throw invalid('user_id', 'is not a member who may decide');
  return { kind: 'member', id: formatId('user', member.user_id), name: member.user.name };
}
