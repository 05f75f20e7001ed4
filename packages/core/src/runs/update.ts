import { updateRunBody, type Run } from '@proviso/contracts';
import { presentRun } from '../agents/present.ts';
import { authorize, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { getRunInWorkspace } from './get.ts';
import { assertOwnRun } from './assert-own-run.ts';

/** Reports the status of a run, or replaces its metadata. Its actions are not affected. */
export async function updateRun(ctx: Context, id: string, input: unknown): Promise<Run> {
  authorize(ctx, 'agents:trigger');
  const { status, metadata } = updateRunBody.parse(input);
  const data = { ...(status && { status }), ...(metadata && { metadata }) };
  const seen = await getRunInWorkspace(ctx, id);
  assertOwnRun(ctx, seen.agent_id);
  const [row] = await ctx.db.tables.agent_runs.updateManyAndReturn({ where: { id: seen.id }, data });
  if (!row) throw notFound('run'); // deleted with its agent in this moment
  return presentRun(row);
}
