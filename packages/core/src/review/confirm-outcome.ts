import { confirmOutcomeBody } from '@proviso/contracts';
import { authorizeDecision, type Context } from '../access/context.ts';
import { replayOrRun } from '../action/replay.ts';
import type { ActionRow } from '../action/row.ts';
import { transition } from '../action/transition.ts';
import { getActionInWorkspace } from './get.ts';

/**
 * Records what a person found out about an unknown outcome. The action stays failed; its reason says what happened, and
 * its event says who found it. Throws INVALID_STATE if the outcome is known, also to the loser of a race.
 */
export async function confirmOutcome(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx);
  const { outcome, comment = null } = confirmOutcomeBody.parse(input);
  return replayOrRun(ctx.db, ctx.idempotency, async () => {
    const seen = await getActionInWorkspace(ctx, id);
    return transition(ctx.db, seen, 'action.outcome_confirmed', {
      actor: ctx.caller.actor,
      change: { status_reason: `confirmed_${outcome}` },
      data: { outcome, comment, via: ctx.via },
      idempotency: ctx.idempotency,
    });
  });
}
