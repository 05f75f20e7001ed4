// A workspace always has an owner who can sign in, and only owners create or change owners. Held by members.test.ts.
import { scopesOf, type Role } from '@proviso/contracts';
import type { Context } from '../context.ts';
import type { Transaction } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import { currentCaller } from '../api-keys/authenticate.ts';
import { statement } from '../../platform/statement.ts';

/** Only an owner creates, changes or removes an owner. Throws FORBIDDEN. */
export function assertOwner({ caller }: Context, ...roles: string[]): void {
  if (caller.role !== 'owner' && roles.includes('owner'))
    throw new AppError('FORBIDDEN', 'Only an owner makes, changes or removes an owner.');
}

/**
 * Granting a role requires all its scopes: otherwise a token could extend its rights through another person. Throws
 * FORBIDDEN.
 */
export function assertMayGrant(ctx: Context, role: Role): void {
  assertOwner(ctx, role);
  const missing = scopesOf(role).filter((scope) => !ctx.caller.scopes.includes(scope));
  if (missing.length > 0)
    throw new AppError(
      'FORBIDDEN',
      `You cannot make somebody ${role}: your token lacks these scopes of the role: ${missing.join(', ')}.`,
    );
}

const LOCK = statement<{ id: string }>(
  'members_lock',
  'select id from workspaces where id = :id::uuid for no key update',
);

/** Serialises changes of a workspace's members, so that two owners cannot remove each other at the same time. */
export const lockWorkspace = async (tx: Transaction, workspaceId: string): Promise<unknown> =>
  tx.query(LOCK, { id: workspaceId });

/** Takes that lock and reads the caller again: authorise again with the result. Throws UNAUTHENTICATED. */
export async function lockMembers(tx: Transaction, ctx: Context): Promise<Context> {
  await lockWorkspace(tx, ctx.caller.workspaceId);
  return { ...ctx, caller: await currentCaller(tx, ctx.caller) };
}

/** Workspaces without an owner who can sign in or has a valid, lasting credential that may administrate. */
const LOCKED_OUT = statement<{ workspaces: readonly string[] }, { id: string }>(
  'workspaces_locked_out',
  `
    select w.id from workspaces w where w.id = any(:workspaces::uuid[]) and not exists (
      select from members m where m.workspace_id = w.id and m.role = 'owner' and (
        exists (select from sign_in_methods s where s.user_id = m.user_id)
        or exists (select from api_keys k where k.person_id = m.user_id
          and k.revoked_at is null and k.expires_at is null and 'workspace:admin' = any(k.scopes))))`,
);

/** Throws INVALID_STATE if this transaction, which holds its locks, leaves no owner who can sign in. */
export async function assertOwnersCanSignIn(tx: Transaction, workspaceIds: readonly string[]): Promise<void> {
  const [lockedOut] = await tx.query(LOCKED_OUT, { workspaces: workspaceIds });
  if (lockedOut)
    throw new AppError(
      'INVALID_STATE',
      `The workspace ${lockedOut.id} would have no owner who can sign in. It needs an owner with a password, or with a ` +
        'personal credential that does not expire and has the scope workspace:admin.',
    );
}
