import { CLEARED, noBody } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { ActionError } from '../action/action-error.ts';
import { rowFromTable } from '../action/row.ts';
import { transition } from '../action/transition.ts';
import { WITH_IDENTITY } from './get.ts';

const DEMO_MAX = 100;

/**
 * Cancels the open proposals that the first `npm start` made, which their metadata names. Returns how many; elsewhere
 * there are none. The agent stays: its key is the one that `npm start` prints.
 */
export async function removeDemo(ctx: Context, input: unknown): Promise<number> {
  authorizeConfiguration(ctx, 'actions:write');
  noBody.parse(input);
  const rows = await ctx.db.tables.actions.findMany({
    where: {
      workspace_id: ctx.caller.workspaceId,
      status: { in: ['pending_approval', ...CLEARED] },
      metadata: { path: ['demo'], equals: 'true' },
    },
    include: WITH_IDENTITY,
    take: DEMO_MAX,
  });
  let removed = 0;
  for (const row of rows) {
    const how = { actor: ctx.caller.actor, data: { via: ctx.via } };
    const isCancelled = await transition(ctx.db, rowFromTable(row), 'action.cancelled', how).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ActionError) return false; // decided or started in the meantime
        throw error;
      },
    );
    if (isCancelled) removed += 1;
  }
  return removed;
}
