import { noBody, type Tool } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { notFound } from '../errors.ts';
import type { tools } from '../generated/client.ts';
import { showTool } from './show.ts';

const DELETE = {
  name: 'tool_delete',
  text: `
    update tools set deleted_at = clock_timestamp(), updated_at = clock_timestamp()
    where workspace_id = $1::uuid and name = $2 and deleted_at is null returning *`,
};

/** Takes a tool away. Nothing more is proposed or approved for it, and what was cleared fails when it is due. */
export async function deleteTool(ctx: Context, name: string, input: unknown): Promise<Tool> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const [row] = await ctx.db.query<tools>(DELETE, [ctx.caller.workspaceId, name]);
  if (!row) throw notFound('tool');
  return showTool(row);
}
