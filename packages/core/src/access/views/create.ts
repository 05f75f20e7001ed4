import { createViewBody, type View } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../context.ts';
import { type Transaction } from '../../platform/db.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { AppError } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId } from '../../platform/ids.ts';
import { statement } from '../../platform/statement.ts';
import { presentView } from './present.ts';

const VIEWS_MAX = 50;

/** Serialises one member's views, so that two requests at the same time cannot pass the limit. */
const LOCK_MEMBER = statement<{ workspace: string; member: string }>(
  'views_lock_member',
  'select 1 as locked from members where workspace_id = :workspace::uuid and user_id = :member::uuid for no key update',
);

/** Saves filters of the list under a name, for the caller or for everybody who may decide. */
export async function createView(ctx: Context, input: unknown): Promise<View> {
  const person = authorizeReviewing(ctx);
  const { name, filters, shared = false } = createViewBody.parse(input);
  const owner = { workspace_id: ctx.caller.workspaceId, user_id: person.id };
  const data = { id: newId(), ...owner, name, filters, shared };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.query(LOCK_MEMBER, { workspace: owner.workspace_id, member: owner.user_id });
    await assertRoom(tx, owner);
    return presentView(ctx.caller, await tx.tables.views.create({ data }));
  }).catch((error: unknown) => {
    if (isDuplicate(error))
      throw new AppError('CONFLICT', `You already have a view called ${name}. Choose another name.`);
    throw error;
  });
}

async function assertRoom({ tables }: Transaction, where: { workspace_id: string; user_id: string }): Promise<void> {
  if ((await tables.views.count({ where })) >= VIEWS_MAX)
    throw new AppError('CONFLICT', `You have ${VIEWS_MAX} views, which is the limit. Delete one first.`);
}
