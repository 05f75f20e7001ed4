import type { Contact } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import type { contacts } from '../../generated/client.ts';
import { parseId } from '../../platform/ids.ts';
import { presentContact } from './present.ts';

/** The contact with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getContactInWorkspace(ctx: Context, id: string): Promise<contacts> {
  const uuid = parseId('contact', id);
  const where = { id: uuid ?? '', workspace_id: ctx.caller.workspaceId };
  const contact = uuid ? await ctx.db.tables.contacts.findFirst({ where }) : null;
  if (!contact) throw notFound('contact');
  return contact;
}

export async function getContact(ctx: Context, id: string): Promise<Contact> {
  authorize(ctx, 'contacts:read');
  return presentContact(await getContactInWorkspace(ctx, id));
}
