import { listContactActionsQuery } from '@proviso/contracts';
import { listActions, type ActionPage } from './list.ts';
import { authorize, type Context } from '../access/context.ts';
import { getContactInWorkspace } from '../crm/contacts/get.ts';

/** Lists the actions on a contact, with the filters and orders of the main list. */
export async function listContactActions(
  ctx: Context,
  contactId: string,
  input: Record<string, unknown>,
): Promise<ActionPage> {
  authorize(ctx, 'contacts:read');
  authorize(ctx, 'actions:read');
  listContactActionsQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  return listActions(ctx, { ...input, contact_id: contact.id });
}
