import { addressKey, createContactBody, type Contact } from '@proviso/contracts';
import { resolveCompany } from '../companies/resolve-company.ts';
import { authorize, type Context } from '../../access/context.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { AppError } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId } from '../../platform/ids.ts';
import { auditStage } from './change.ts';
import { presentContact } from './present.ts';
import { unsubscribedAt } from './unsubscribed.ts';

/** Adds a contact. Throws CONFLICT if the workspace already has the e-mail address. */
export async function createContact(ctx: Context, input: unknown): Promise<Contact> {
  authorize(ctx, 'contacts:write');
  const { email, properties = {}, lifecycle_stage = null, company_id } = createContactBody.parse(input);
  const data = {
    id: newId(),
    workspace_id: ctx.caller.workspaceId,
    email: addressKey(email),
    properties,
    lifecycle_stage,
  };
  try {
    return await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
      const belongs = company_id && { company_id: await resolveCompany(tx, data.workspace_id, company_id) };
      const unsubscribed_at = await unsubscribedAt(tx, data.workspace_id, data.email);
      const contact = await tx.tables.contacts.create({ data: { ...data, ...belongs, unsubscribed_at } });
      await auditStage(tx, contact, null, { actor: ctx.caller.actor, action_id: null });
      return presentContact(contact);
    });
  } catch (error) {
    throw isDuplicate(error) ? duplicateEmail() : error;
  }
}

export const duplicateEmail = (): AppError =>
  new AppError('CONFLICT', 'A contact with this e-mail address already exists.', [
    { path: 'email', message: 'is taken' },
  ]);
