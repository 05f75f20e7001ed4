import type { JsonObject } from '@proviso/contracts';
import type { Context, Services } from '../access/context.ts';
import { invalid } from '../platform/errors.ts';
import { findTool } from './find.ts';
import { checkSchema, paramsOf } from '../schema/input-schema.ts';
import { lookUp } from '../platform/statement.ts';
import type { Executor } from '../executors/executor.ts';

/** How many of a workspace's tools a refusal names. */
const NAMED_MAX = 50;

const FIND_NAMES = lookUp<{ workspace: string }, { name: string }>(
  'tool_find_names',
  { workspace: 'uuid' },
  `
    select t.name from tools t where t.workspace_id = :workspace::uuid and t.deleted_at is null
    order by t.name limit ${NAMED_MAX}`,
);

/** The executor of a type: the registered one, else the current version of the workspace's tool with that name. */
export async function findExecutor(
  { db, executors }: Pick<Services, 'db' | 'executors'>,
  workspaceId: string,
  type: string,
): Promise<Executor | undefined> {
  const registered = executors.get(type);
  if (registered || !executors.tools) return registered;
  const row = await findTool(db, workspaceId, type);
  if (!row) return undefined;
  const { name, version, url, idempotent, secret } = row;
  const own = { workspaceId, schema: row.input_schema as JsonObject };
  const untested = async (): Promise<string[]> => (await checkSchema(own)).untested;
  const definition = { name, version, url, idempotent, params: paramsOf(own), untested };
  return { ...executors.tools.executorOf(definition), tool: { version, secret } };
}

/** The executor of a type for the caller's workspace. Throws INVALID at `path` and lists the known types. */
export async function executorOf(ctx: Context, type: string, path = 'type'): Promise<Executor> {
  const executor = await findExecutor(ctx, ctx.caller.workspaceId, type);
  if (executor) return executor;
  const tools = await ctx.db.query(FIND_NAMES, { workspace: ctx.caller.workspaceId });
  const known = [...ctx.executors.types(), ...tools.map(({ name }) => name)];
  throw invalid(path, `${type} is not a known action type; the known types are ${known.join(', ')}`);
}
