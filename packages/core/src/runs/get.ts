import { pageQuery, type Run } from '@proviso/contracts';
import { WITH_IDENTITY } from '../actions/get.ts';
import { rowFromTable, type ActionRow } from '../actions/row.ts';
import { showRun } from '../agents/show.ts';
import { authorize, type Context } from '../context.ts';
import { notFound } from '../errors.ts';
import type { agent_runs } from '../generated/client.ts';
import { readId } from '../ids.ts';
import { readPage, type Page } from '../page.ts';

/** The run of that id in the caller's workspace; undefined = there is none. */
export async function findRun(ctx: Context, id: string): Promise<agent_runs | undefined> {
  const uuid = readId('run', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  return (uuid && (await ctx.db.tables.agent_runs.findFirst({ where }))) || undefined;
}

/** The run of that id in the caller's workspace; another workspace's is NOT_FOUND. */
export async function getRunInWorkspace(ctx: Context, id: string): Promise<agent_runs> {
  const run = await findRun(ctx, id);
  if (!run) throw notFound('run');
  return run;
}

/** A run with a page of what it proposed, oldest first. Shows actions, and so takes the right to read them too. */
export async function getRun(
  ctx: Context,
  id: string,
  input: unknown,
): Promise<{ run: Run; actions: Page<ActionRow> }> {
  authorize(ctx, 'agents:read');
  authorize(ctx, 'actions:read');
  const page = pageQuery.parse(input);
  const run = await getRunInWorkspace(ctx, id);
  const where = { run_id: run.id, workspace_id: run.workspace_id };
  const { actions } = ctx.db.tables;
  const found = await readPage(
    page,
    (window) =>
      actions.findMany({
        where,
        include: WITH_IDENTITY,
        orderBy: [{ created_at: 'asc' }, { id: 'asc' }],
        ...window,
      }),
    () => actions.count({ where }),
    rowFromTable,
  );
  return { run: showRun(run), actions: found };
}
