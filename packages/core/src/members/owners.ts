// A workspace has an owner at all times, and only owners make or touch owners. Held by members.test.ts.
import type { Context } from '../context.ts';
import type { Transaction } from '../db.ts';
import { AppError } from '../errors.ts';

/** Throws FORBIDDEN where somebody who is not an owner would make, change or remove one. */
export function demandOwner({ caller }: Context, ...roles: string[]): void {
  if (caller.role !== 'owner' && roles.includes('owner'))
    throw new AppError('FORBIDDEN', 'Only an owner makes, changes or removes an owner.');
}

const LOCK = { name: 'members_lock', text: 'select id from workspaces where id = $1::uuid for no key update' };

/** Changes of a workspace's members follow each other, so that two owners cannot remove one another at once. */
export const lockMembers = async (tx: Transaction, workspaceId: string): Promise<unknown> =>
  tx.query(LOCK, [workspaceId]);

/** Throws INVALID_STATE when this owner is the only one. Call it after `lockMembers`. */
export async function demandAnotherOwner({ tables }: Transaction, workspaceId: string, userId: string): Promise<void> {
  const where = { workspace_id: workspaceId, role: 'owner', user_id: { not: userId } };
  if ((await tables.members.count({ where })) === 0)
    throw new AppError('INVALID_STATE', 'The last owner of a workspace stays its owner. Make another one first.');
}
