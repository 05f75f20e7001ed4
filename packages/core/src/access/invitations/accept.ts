import {
  acceptInvitationBody,
  ROLES,
  SCOPES,
  type ApiKey,
  type Member,
  type Role,
  type Workspace,
} from '@proviso/contracts';
import type { Caller, Services } from '../context.ts';
import type { Transaction } from '../../platform/db.ts';
import { AppError, invalid, notFound } from '../../platform/errors.ts';
import type { invitations } from '../../generated/client.ts';
import { newId, formatId } from '../../platform/ids.ts';
import { presentKey } from '../api-keys/present.ts';
import { hashToken, lookupOf, newToken } from '../api-keys/token.ts';
import { lockWorkspace } from '../members/owners.ts';
import { assertMemberLimit } from '../members/limits.ts';
import { presentMember, WITH_USER } from '../members/present.ts';
import { hashPassword } from '../sessions/password.ts';
import { storePassword } from '../sessions/set-password.ts';
import { presentWorkspace, WITH_WORKSPACE } from '../workspaces/present.ts';
import { databaseNow, statusOf } from './present.ts';
import { statement } from '../../platform/statement.ts';

const USE = statement<{ id: string; user: string }, { id: string }>(
  'invitation_use',
  `
    update invitations set accepted_at = clock_timestamp(), accepted_by = :user::uuid
    where id = :id::uuid and accepted_at is null and revoked_at is null and expires_at > clock_timestamp() returning id`,
);

export interface AcceptedInvitation {
  workspace: Workspace;
  member: Member;
  /** The first credential of a person who had none, shown only here; null = they accepted with their own. */
  token: string | null;
  key: ApiKey | null;
  /** Who signs in with their new password; null = nobody. */
  signsInId: string | null;
}

/**
 * Joins a workspace: as the person whose credential accepts, else as a new person with a password or a first
 * credential. The secret proves the invitation; a person who already has a credential must also have the invited
 * address. Throws NOT_FOUND for an unknown secret, INVALID_STATE for a used, revoked or expired one, FORBIDDEN for
 * another person.
 */
export async function acceptInvitation(
  { db }: Pick<Services, 'db'>,
  person: Caller['person'],
  input: unknown,
): Promise<AcceptedInvitation> {
  const { secret, name, password } = acceptInvitationBody.parse(input);
  if (person && password !== undefined) throw invalid('password', 'cannot be combined with a credential or a session');
  const where = { secret_hash: hashToken(secret) };
  const known = await db.tables.invitations.findUnique({ where });
  if (!known) throw notFound('invitation');
  const hash = password === undefined ? undefined : await hashPassword(password);
  return db.transaction(async (tx) => {
    await lockWorkspace(tx, known.workspace_id);
    const invitation = await tx.tables.invitations.findUniqueOrThrow({ where });
    await assertOpen(tx, invitation);
    if (person && person.email !== invitation.email)
      throw new AppError(
        'FORBIDDEN',
        'The invitation is for a different e-mail address than yours. Accept it without a token to join as a new person.',
      );
    const { member, joining } = await join(tx, invitation, person, name);
    if (hash) await setFirstPassword(tx, invitation, { userId: joining.id, email: invitation.email, hash });
    const first = person || hash ? null : await createFirstKey(tx, invitation, joining);
    return {
      workspace: presentWorkspace(member),
      member: presentMember(member),
      token: first?.token ?? null,
      key: first?.key ?? null,
      signsInId: hash ? joining.id : null,
    };
  });
}

/**
 * Joins as a new person whose address somebody else has verified. Returns who that is; undefined = the invitation is no
 * longer open, and nothing was written.
 */
export async function joinInvited(tx: Transaction, id: string, name: string): Promise<string | undefined> {
  const { workspace_id } = await tx.tables.invitations.findUniqueOrThrow({ where: { id } });
  await lockWorkspace(tx, workspace_id);
  const invitation = await tx.tables.invitations.findUniqueOrThrow({ where: { id } });
  try {
    await assertOpen(tx, invitation);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
  const { joining } = await join(tx, invitation, null, name);
  return joining.id;
}

async function join(tx: Transaction, invitation: invitations, person: Caller['person'], name: string | undefined) {
  await assertNoMember(tx, invitation, person);
  await assertMemberLimit(tx, invitation.workspace_id);
  const joining = person ?? (await createPerson(tx, invitation, name));
  const { workspace_id, role } = invitation;
  const data = { workspace_id, user_id: joining.id, role };
  const member = await tx.tables.members.create({ data, include: { ...WITH_USER, ...WITH_WORKSPACE } });
  const used = await tx.query(USE, { id: invitation.id, user: joining.id });
  if (used.length === 0) throw new AppError('INVALID_STATE', 'The invitation has just ended. Ask for a new one.');
  return { member, joining };
}

/** An invitation is valid while it is open and its creator may still grant its role. Throws INVALID_STATE. */
async function assertOpen(tx: Transaction, invitation: invitations): Promise<void> {
  const status = statusOf(invitation, await databaseNow(tx));
  if (status !== 'open')
    throw new AppError('INVALID_STATE', `The invitation is ${STATUS_WORDS[status]}. Ask for a new one.`);
  const { workspace_id, made_by_person_id: user_id } = invitation;
  const maker = await tx.tables.members.findFirst({ where: { workspace_id, user_id } });
  const rank = ROLES.indexOf((maker?.role ?? 'viewer') as Role);
  if (rank > ROLES.indexOf('admin') || rank > ROLES.indexOf(invitation.role as Role))
    throw new AppError('INVALID_STATE', 'The sender of this invitation can no longer invite. Ask for a new one.');
}

const STATUS_WORDS = { accepted: 'already used', revoked: 'revoked', expired: 'over' } as const;

async function assertNoMember(tx: Transaction, { workspace_id, email }: invitations, person: Caller['person']) {
  const same = [{ user: { email } }, ...(person ? [{ user_id: person.id }] : [])];
  if (await tx.tables.members.findFirst({ where: { workspace_id, OR: same } }))
    throw new AppError('CONFLICT', 'This person is already a member.');
}

type Person = NonNullable<Caller['person']>;

async function createPerson({ tables }: Transaction, { email }: invitations, name?: string): Promise<Person> {
  if (name === undefined) throw invalid('name', 'is required: it is shown with your decisions');
  return tables.users.create({ data: { id: newId(), email, name } });
}

/**
 * A password does not expire with the inviting credential, as a first credential would, so that one must not expire.
 * Throws INVALID_STATE.
 */
async function setFirstPassword(
  tx: Transaction,
  { made_by_key_id }: invitations,
  given: Parameters<typeof storePassword>[1],
): Promise<void> {
  const maker = made_by_key_id && (await tx.tables.api_keys.findUnique({ where: { id: made_by_key_id } }));
  if (maker && maker.expires_at)
    throw new AppError(
      'INVALID_STATE',
      'The credential that created this invitation expires, so it cannot set a password. Accept it without one, or ask for another.',
    );
  await storePassword(tx, given);
}

/**
 * A first credential is limited by the person's role in each workspace, and never operates the instance. It expires
 * with the inviting credential, like everything that a credential creates.
 */
async function createFirstKey({ tables }: Transaction, invitation: invitations, { id, name }: Person) {
  const { workspace_id, made_by_key_id } = invitation;
  const maker = made_by_key_id && (await tables.api_keys.findUnique({ where: { id: made_by_key_id } }));
  const token = newToken();
  const data = {
    id: newId(),
    kind: 'personal',
    person_id: id,
    home_workspace_id: workspace_id,
    expires_at: maker ? maker.expires_at : null,
    name: 'First credential',
    scopes: SCOPES.filter((scope) => scope !== 'instance:operate'),
    lookup: lookupOf(token),
    token_hash: hashToken(token),
    created_by: { kind: 'member', id: formatId('user', id), name },
  };
  return { token, key: presentKey(await tables.api_keys.create({ data })) };
}
