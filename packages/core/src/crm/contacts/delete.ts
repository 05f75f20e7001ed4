import { assertUnused } from '../../action/assert-unused.ts';
import { authorize, refuseAgent, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import { formatId } from '../../platform/ids.ts';
import { getContactInWorkspace } from './get.ts';

/**
 * Deletes a contact with everything that belongs to it, and returns its id. Throws CONFLICT while open actions name it.
 */
export async function deleteContact(ctx: Context, id: string): Promise<string> {
  authorize(ctx, 'contacts:write');
  refuseAgent(ctx, 'An agent cannot delete a contact, because replies in its threads stop follow-ups. Ask a person.');
  const { id: uuid, workspace_id } = await getContactInWorkspace(ctx, id);
  await ctx.db.transaction(async ({ tables }) => {
    await assertUnused(tables, 'contact', { workspace_id, contact_id: uuid });
    const { count } = await tables.contacts.deleteMany({ where: { id: uuid, workspace_id } });
    if (count === 0) throw notFound('contact');
  });
  return formatId('contact', uuid);
}
