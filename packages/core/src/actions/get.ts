import { authorize, type Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { readId } from '../ids.ts';
import { rowFromTable, type ActionEvent, type ActionRow } from './row.ts';

export const WITH_IDENTITY = { identity: { select: { config_version: true } } } as const;

/** The action of that id in the caller's workspace; another workspace's is NOT_FOUND. */
export async function getActionInWorkspace(ctx: Context, id: string): Promise<ActionRow> {
  const uuid = readId('action', id);
  const row =
    uuid &&
    (await ctx.db.tables.actions.findFirst({
      where: { id: uuid, workspace_id: ctx.caller.workspaceId },
      include: WITH_IDENTITY,
    }));
  if (!row) throw notFound('action');
  return rowFromTable(row);
}

export async function getAction(ctx: Context, id: string): Promise<{ action: ActionRow; logs: ActionEvent[] }> {
  authorize(ctx, 'actions:read');
  const action = await getActionInWorkspace(ctx, id);
  const logs = await ctx.db.tables.action_events.findMany({
    where: { action_id: action.id, version: { lte: action.version } },
    orderBy: { version: 'asc' },
  });
  return { action, logs: logs as unknown as ActionEvent[] }; // JSON columns hold what this service wrote
}
