import { noBody } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { replayOrRun } from '../action/replay.ts';
import { transition } from '../action/transition.ts';
import { getActionInWorkspace } from './get.ts';
import { assertOwnAction } from './assert-own-action.ts';
import type { ActionRow } from '../action/row.ts';

/** Cancels a pending or cleared action, unless its effect may have begun. */
export async function cancelAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorize(ctx, 'actions:write');
  noBody.parse(input);
  return replayOrRun(ctx.db, ctx.idempotency, async () => {
    const seen = await getActionInWorkspace(ctx, id);
    assertOwnAction(ctx, seen);
    return transition(ctx.db, seen, 'action.cancelled', {
      actor: ctx.caller.actor,
      data: { via: ctx.via },
      idempotency: ctx.idempotency,
    });
  });
}
