import { TOOL_NAME, type JsonObject } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { findTool } from './find.ts';

/** The JSON Schema of a tool's params, for whoever may read actions of its type. The URL stays with the admins. */
export async function getToolSchema(ctx: Context, name: string): Promise<JsonObject> {
  authorize(ctx, 'actions:read');
  const tool = TOOL_NAME.test(name) ? await findTool(ctx.db, ctx.caller.workspaceId, name) : null;
  if (!tool) throw notFound('tool');
  return tool.input_schema as JsonObject;
}
