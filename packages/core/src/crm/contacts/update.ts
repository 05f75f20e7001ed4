import { updateContactBody, type Contact } from '@proviso/contracts';
import { resolveCompany } from '../companies/resolve-company.ts';
import { authorize, refuseAgent, type Context } from '../../access/context.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { changeContact } from './change.ts';
import { duplicateEmail } from './create.ts';
import { getContactInWorkspace } from './get.ts';
import { presentContact } from './present.ts';

/**
 * Changes a contact. Properties merge, and a null deletes one. `unsubscribed` stops e-mail to it or allows it again.
 */
export async function updateContact(ctx: Context, id: string, input: unknown): Promise<Contact> {
  authorize(ctx, 'contacts:write');
  const { company_id, ...change } = updateContactBody.parse(input);
  if (change.unsubscribed === false) refuseAgent(ctx, 'An agent cannot resubscribe a contact. Ask a person.');
  if (change.email !== undefined)
    refuseAgent(ctx, 'An agent cannot change a contact’s address, because approved mail goes to it. Ask a person.');
  const { id: uuid, workspace_id } = await getContactInWorkspace(ctx, id);
  const by = { actor: ctx.caller.actor, action_id: null };
  try {
    return await ctx.db.transaction(async (tx) => {
      const belongs = company_id ? await resolveCompany(tx, workspace_id, company_id) : company_id;
      const where = { id: uuid, workspace_id };
      const { after } = await changeContact(tx, where, { ...change, company_id: belongs }, by);
      return presentContact(after);
    });
  } catch (error) {
    throw isDuplicate(error) ? duplicateEmail() : error;
  }
}
