import { noBody, type View } from '@proviso/contracts';
import { authorizeReviewing, mayAdministrate, type Context } from '../context.ts';
import type { views } from '../../generated/client.ts';
import { notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { statement } from '../../platform/statement.ts';
import { presentView } from './present.ts';

const DELETE = statement<{ view: string; workspace: string; member: string; administrates: boolean }, views>(
  'view_delete',
  `delete from views where id = :view::uuid and workspace_id = :workspace::uuid
     and (user_id = :member::uuid or (shared and :administrates::boolean)) returning *`,
);

/** Deletes one of the caller's own views; an admin also those that others share. */
export async function deleteView(ctx: Context, id: string, input: unknown): Promise<View> {
  const person = authorizeReviewing(ctx);
  noBody.parse(input);
  const view = parseId('view', id);
  const scope = { workspace: ctx.caller.workspaceId, member: person.id, administrates: mayAdministrate(ctx) };
  const [deleted] = view ? await ctx.db.query(DELETE, { view, ...scope }) : [];
  if (!deleted) throw notFound('view');
  return presentView(ctx.caller, deleted);
}
