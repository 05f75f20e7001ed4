import { confirmOutcomeBody, type Actor } from '@proviso/contracts';
import { authorizeDecision, type Context } from '../access/context.ts';
import { ActionError } from '../action/action-error.ts';
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
    try {
      return await transition(ctx.db, seen, 'action.outcome_confirmed', {
        actor: ctx.caller.actor,
        change: { status_reason: `confirmed_${outcome}` },
        data: { outcome, comment, via: ctx.via },
        idempotency: ctx.idempotency,
      });
    } catch (error) {
      throw (await refusalByWinner(ctx, seen, error)) ?? error;
    }
  });
}

/** Names whoever was first, if somebody was. */
async function refusalByWinner(ctx: Context, { id }: ActionRow, error: unknown): Promise<ActionError | undefined> {
  if (!(error instanceof ActionError) || !error.action.status_reason?.startsWith('confirmed_')) return undefined;
  const first = await ctx.db.tables.action_events.findFirst({
    where: { action_id: id, event: 'action.outcome_confirmed' },
    orderBy: { version: 'asc' },
  });
  if (!first) return undefined;
  const { name } = first.actor as unknown as Actor; // as the transition wrote it
  const found = error.action.status_reason === 'confirmed_done' ? 'it happened' : 'it did not happen';
  return new ActionError('INVALID_STATE', `${name} has already confirmed the outcome: ${found}.`, error.action);
}
