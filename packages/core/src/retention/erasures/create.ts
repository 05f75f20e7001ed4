import { createErasureBody, type Erasure } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../../access/context.ts';
import { IS_ERASURE_HELD } from '../../action/sql/erasure.ts';
import { LOCK_AGAINST_RETENTION } from '../../action/sql/retention.ts';
import { getContactInWorkspace } from '../../crm/contacts/get.ts';
import { AppError } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId } from '../../platform/ids.ts';
import { presentErasure } from './present.ts';

/**
 * Begins to erase what names a person. Workers do it; the same person again is the same erasure until it is completed.
 * Throws CONFLICT while a legal hold covers the workspace or an action of the contact.
 */
export async function createErasure(ctx: Context, input: unknown): Promise<Erasure> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const body = createErasureBody.parse(input);
  const workspace_id = ctx.caller.workspaceId;
  const contact = body.contact_id
    ? await getContactInWorkspace(ctx, body.contact_id)
    : await ctx.db.tables.contacts.findFirst({ where: { workspace_id, email: body.email ?? '' } });
  const person = { email: contact?.email ?? body.email ?? '', contact_id: contact?.id ?? null };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.query(LOCK_AGAINST_RETENTION, { workspace: workspace_id }); // also serialises two requests
    const [found] = await tx.query(IS_ERASURE_HELD, { workspace: workspace_id, contact: person.contact_id });
    if (found?.held)
      throw new AppError('CONFLICT', 'A legal hold covers data of this person. Release it first, then erase.');
    const open = await tx.tables.erasures.findFirst({
      where: { workspace_id, email: person.email, completed_at: null },
    });
    const data = { id: newId(), workspace_id, ...person, created_by: ctx.caller.actor };
    return presentErasure(open ?? (await tx.tables.erasures.create({ data })));
  });
}
