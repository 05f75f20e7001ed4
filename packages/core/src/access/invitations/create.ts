import { addressKey, createInvitationBody, type Invitation } from '@proviso/contracts';
import { authorizePeople, keyIdOf, type Context } from '../context.ts';
import type { Transaction } from '../../platform/db.ts';
import { AppError, invalid } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId } from '../../platform/ids.ts';
import { hashToken, lookupOf, newInvitationSecret } from '../api-keys/token.ts';
import { assertMayGrant, lockMembers } from '../members/owners.ts';
import { assertInvitationLimit } from '../members/limits.ts';
import { databaseNow, presentInvitation } from './present.ts';

const DAY_MS = 24 * 3_600_000;
const VALID_DAYS = 7;
const VALID_DAYS_MAX = 30;

export interface CreatedInvitation {
  /** Null in a replay: the secret is shown once and not stored. */
  secret: string | null;
  invitation: Invitation;
}

/**
 * Invites somebody into the workspace. Nothing changes for them, and nothing about them is revealed, until they accept:
 * the address is looked up only among this workspace's people.
 */
export async function createInvitation(ctx: Context, input: unknown): Promise<CreatedInvitation> {
  const person = authorizePeople(ctx);
  const { email, role, expires_at } = createInvitationBody.parse(input);
  assertMayGrant(ctx, role);
  const secret = newInvitationSecret();
  const address = addressKey(email);
  const workspace_id = ctx.caller.workspaceId;
  const invitation = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    const current = await lockMembers(tx, ctx);
    authorizePeople(current);
    assertMayGrant(current, role);
    const now = await databaseNow(tx);
    await assertUninvited(tx, workspace_id, address, now);
    await assertInvitationLimit(tx, workspace_id, now);
    const data = {
      id: newId(),
      workspace_id,
      email: address,
      role,
      lookup: lookupOf(secret),
      secret_hash: hashToken(secret),
      made_by_person_id: person.id,
      made_by_key_id: keyIdOf(ctx.caller),
      created_by: { ...ctx.caller.actor },
      expires_at: expiryOf(now, ctx.caller.expiresAt, expires_at),
    };
    return presentInvitation(await tx.tables.invitations.create({ data }), now);
  });
  return { secret: ctx.idempotency?.replayed ? null : secret, invitation };
}

async function assertUninvited({ tables }: Transaction, workspace_id: string, email: string, now: Date): Promise<void> {
  const conflict = (message: string): AppError => new AppError('CONFLICT', message, [{ path: 'email', message }]);
  const member = await tables.members.findFirst({ where: { workspace_id, user: { email } } });
  if (member) throw conflict('This person is already a member.');
  const where = { workspace_id, email, accepted_at: null, revoked_at: null, expires_at: { gt: now } };
  const open = await tables.invitations.findFirst({ where });
  if (open) throw conflict('This address already has an open invitation. Revoke it before you create another.');
}

/** At most the expiry of the inviting credential. Throws INVALID. */
function expiryOf(now: Date, callerExpiresAt: Date | null, asked: string | undefined): Date {
  const at = asked === undefined ? new Date(now.getTime() + VALID_DAYS * DAY_MS) : new Date(asked);
  if (at <= now) throw invalid('expires_at', 'is in the past');
  if (at.getTime() > now.getTime() + VALID_DAYS_MAX * DAY_MS)
    throw invalid('expires_at', `must be within ${VALID_DAYS_MAX} days`);
  return callerExpiresAt && callerExpiresAt < at ? callerExpiresAt : at;
}
