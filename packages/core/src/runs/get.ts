import { listQuery, type Run } from '@proviso/contracts';
import { afterAction } from '../action/cursor.ts';
import type { ActionRow } from '../action/row.ts';
import { selectActions } from '../action/select.ts';
import { presentRun } from '../agents/present.ts';
import { authorize, type Context } from '../access/context.ts';
import { sql } from '../platform/db.ts';
import { notFound } from '../platform/errors.ts';
import type { agent_runs } from '../generated/client.ts';
import { parseId } from '../platform/ids.ts';
import { lookUp } from '../platform/statement.ts';
import { cursorWithSkip, NEWEST_FIRST, type Order, type Page } from '../platform/page.ts';

const OLDEST_FIRST: Order = { ...NEWEST_FIRST, direction: 'asc' };

const FIND = lookUp<{ id: string; workspace: string }, agent_runs>(
  'run_find',
  { id: 'uuid', workspace: 'uuid' },
  'select r.* from agent_runs r where r.id = :id::uuid and r.workspace_id = :workspace::uuid',
);

/** The run with that id in the caller's workspace; undefined = there is none. */
export async function findRun(ctx: Context, id: string): Promise<agent_runs | undefined> {
  const uuid = parseId('run', id);
  const [run] = uuid ? await ctx.db.query(FIND, { id: uuid, workspace: ctx.caller.workspaceId }) : [];
  return run;
}

/** The run with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getRunInWorkspace(ctx: Context, id: string): Promise<agent_runs> {
  const run = await findRun(ctx, id);
  if (!run) throw notFound('run');
  return run;
}

/** Returns a run with a page of its actions, oldest first. Also requires the right to read actions. */
export async function getRun(
  ctx: Context,
  id: string,
  input: unknown,
): Promise<{ run: Run; actions: Page<ActionRow> }> {
  authorize(ctx, 'agents:read');
  authorize(ctx, 'actions:read');
  const { limit, skip, cursor } = listQuery.parse(input);
  const run = await getRunInWorkspace(ctx, id);
  if (cursor !== undefined && skip > 0) throw cursorWithSkip();
  const where = sql`run_id = ${run.id}::uuid and workspace_id = ${run.workspace_id}::uuid`;
  const after = cursor === undefined ? undefined : await afterAction(ctx, OLDEST_FIRST, cursor);
  const count = sql`select count(*)::int from actions t where ${where}`;
  const { actions: rows, ...page } = await selectActions(ctx.db, {
    where,
    order: OLDEST_FIRST,
    after,
    limit,
    skip,
    count,
  });
  return { run: presentRun(run), actions: { ...page, rows, limit, skip } };
}
