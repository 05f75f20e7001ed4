import { loadAndDecide } from '../decide.ts';
import { WITH_IDENTITY } from '../get.ts';
import { rowFromTable, type ActionRow } from '../../action/row.ts';
import { authorizeDecision, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';

/** Addresses an action by its run, its contact and its index there, counted from 0 as in action_index. */
export interface RunAddress {
  runId: string;
  contactId: string;
  actionIndex: string;
}

/** Decides like `decideAction`, for tokens with agents:approve. */
export async function decideRunAction(ctx: Context, address: RunAddress, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx, 'agents:approve');
  return loadAndDecide(ctx, input, () => getRunAction(ctx, address));
}

async function getRunAction(ctx: Context, { runId, contactId, actionIndex }: RunAddress): Promise<ActionRow> {
  const run_id = parseId('run', runId);
  const run_contact_id = parseId('contact', contactId);
  if (!run_id || !run_contact_id || !/^\d{1,9}$/.test(actionIndex)) throw notFound('action');
  const where = { workspace_id: ctx.caller.workspaceId, run_id, run_contact_id, action_index: Number(actionIndex) };
  const row = await ctx.db.tables.actions.findFirst({ where, include: WITH_IDENTITY });
  if (!row) throw notFound('action');
  return rowFromTable(row);
}
