// Limits the number of people, invitations and credentials, because each adds its own rate limit. The caller holds the
// lock of the workspace or the person. Held by credentials.test.ts.
import type { Transaction } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';

const MEMBERS_MAX = 1_000;
const INVITATIONS_MAX = 200;
const KEYS_MAX = 1_000;
const PERSONAL_MAX = 50;
const WORKSPACES_MAX = 50;

function assertBelow(count: number, most: number, what: string, remedy: string): void {
  if (count >= most) throw new AppError('INVALID_STATE', `${what} ${most}, the highest allowed. ${remedy}`);
}

export async function assertMemberLimit({ tables }: Transaction, workspace_id: string): Promise<void> {
  const count = await tables.members.count({ where: { workspace_id } });
  assertBelow(count, MEMBERS_MAX, 'The number of members of this workspace is', 'Remove one first.');
}

export async function assertInvitationLimit({ tables }: Transaction, workspace_id: string, now: Date): Promise<void> {
  const where = { workspace_id, accepted_at: null, revoked_at: null, expires_at: { gt: now } };
  const count = await tables.invitations.count({ where });
  assertBelow(count, INVITATIONS_MAX, 'The number of open invitations of this workspace is', 'Revoke one first.');
}

/**
 * Counts a personal credential for its person, and a key for its workspace. Expired ones count until they are revoked.
 */
export async function assertKeyLimit(
  { tables }: Transaction,
  { person_id, workspace_id = '' }: MadeKey,
): Promise<void> {
  const count = (where: object): Promise<number> => tables.api_keys.count({ where: { ...where, revoked_at: null } });
  if (person_id === undefined)
    return assertBelow(await count({ workspace_id }), KEYS_MAX, 'The number of keys of this workspace is', REVOKE);
  assertBelow(await count({ person_id }), PERSONAL_MAX, 'The number of your personal credentials is', REVOKE);
}

const REVOKE = 'Revoke one first.';

interface MadeKey {
  person_id?: string;
  workspace_id?: string;
}

/** Counts the workspaces that the person owns. */
export async function assertWorkspaceLimit({ tables }: Transaction, user_id: string): Promise<void> {
  const count = await tables.members.count({ where: { user_id, role: 'owner' } });
  assertBelow(
    count,
    WORKSPACES_MAX,
    'The number of workspaces that you own is',
    'Hand one over to another owner first.',
  );
}
