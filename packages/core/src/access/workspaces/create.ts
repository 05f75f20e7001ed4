import { createWorkspaceBody, type Workspace } from '@proviso/contracts';
import { authorizePeople, type Context } from '../context.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId } from '../../platform/ids.ts';
import { currentCaller } from '../api-keys/authenticate.ts';
import { lockPerson } from '../api-keys/lock-person.ts';
import { assertOwnersCanSignIn } from '../members/owners.ts';
import { assertWorkspaceLimit } from '../members/limits.ts';
import { presentWorkspace, WITH_WORKSPACE } from './present.ts';

/** Creates a workspace that the caller owns. */
export async function createWorkspace(ctx: Context, input: unknown): Promise<Workspace> {
  const person = authorizePeople(ctx);
  const { name } = createWorkspaceBody.parse(input);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    const { tables } = tx;
    await lockPerson(tx, person.id); // a revocation of their credentials must see this workspace
    authorizePeople({ ...ctx, caller: await currentCaller(tx, ctx.caller) });
    await assertWorkspaceLimit(tx, person.id);
    const { id } = await tables.workspaces.create({ data: { id: newId(), name } });
    const data = { workspace_id: id, user_id: person.id, role: 'owner' };
    const member = await tables.members.create({ data, include: WITH_WORKSPACE });
    await assertOwnersCanSignIn(tx, [id]);
    return presentWorkspace(member);
  });
}
