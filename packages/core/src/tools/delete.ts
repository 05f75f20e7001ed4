import { noBody, TOOL_NAME, type Tool } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import type { tools } from '../generated/client.ts';
import { presentTool } from './present.ts';
import { statement } from '../platform/statement.ts';

const DELETE = statement<{ workspace: string; name: string }, tools>(
  'tool_delete',
  `
    update tools set deleted_at = clock_timestamp(), updated_at = clock_timestamp()
    where workspace_id = :workspace::uuid and name = :name and deleted_at is null returning *`,
);

/**
 * Deletes a tool and its pause. Nothing can be proposed or approved for it any more, and cleared actions fail when they
 * are due.
 */
export async function deleteTool(ctx: Context, name: string, input: unknown): Promise<Tool> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  if (!TOOL_NAME.test(name)) throw notFound('tool');
  const workspace_id = ctx.caller.workspaceId;
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx.query(DELETE, { workspace: workspace_id, name });
    if (!row) throw notFound('tool');
    await tx.tables.pauses.deleteMany({ where: { workspace_id, type: name } });
    return presentTool(row);
  });
}
