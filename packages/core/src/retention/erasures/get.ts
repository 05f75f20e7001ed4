import type { Erasure } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { presentErasure } from './present.ts';

/** How far an erasure is. */
export async function getErasure(ctx: Context, id: string): Promise<Erasure> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const uuid = parseId('erasure', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  const row = uuid ? await ctx.db.tables.erasures.findFirst({ where }) : null;
  if (!row) throw notFound('erasure');
  return presentErasure(row);
}
