import { addressKey, setPasswordBody } from '@proviso/contracts';
import { type Caller, type Context } from '../context.ts';
import { type Transaction } from '../../platform/db.ts';
import { isDuplicate } from '../../platform/database-errors.ts';
import { AppError, invalid } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { lockPerson } from '../api-keys/lock-person.ts';
import { authorizeAccount } from './account.ts';
import { hashPassword, verifyPassword } from './password.ts';

/** better-auth's name for a password. */
const PASSWORD = 'credential';

/** A password does not expire, so the credential that sets it must not expire either. Throws FORBIDDEN. */
export function authorizePassword(ctx: Context): NonNullable<Caller['person']> {
  const person = authorizeAccount(ctx);
  if (ctx.caller.expiresAt === null) return person;
  throw new AppError('FORBIDDEN', 'Sign in to set a password: this credential expires.');
}

/** Sets the caller's own password and signs them out everywhere else. */
export async function setPassword(ctx: Context, input: unknown): Promise<void> {
  const person = authorizePassword(ctx);
  await assertOperates(ctx, person.id);
  const body = setPasswordBody.parse(input);
  const where = { provider_id_account_id: { provider_id: PASSWORD, account_id: person.id } };
  const seen = await ctx.db.tables.sign_in_methods.findUnique({ where });
  if (seen?.password && !(await verifyPassword(body.current_password ?? '', seen.password)))
    throw invalid('current_password', 'is not your current password');
  const hash = await hashPassword(body.password);
  await ctx.db.transaction(async (tx) => {
    await lockPerson(tx, person.id);
    const now = await tx.tables.sign_in_methods.findUnique({ where });
    if (now?.password !== seen?.password)
      throw new AppError('CONFLICT', 'Your password has just been changed. Sign in again.');
    const user = await tx.tables.users.findUniqueOrThrow({ where: { id: person.id } });
    const email = body.email ? addressKey(body.email) : (user.sign_in_email ?? user.email);
    await storePassword(tx, { userId: person.id, email, hash });
    await tx.tables.sessions.deleteMany({ where: { user_id: person.id, NOT: { id: ctx.caller.tokenId } } });
  });
}

/** A session may operate the instance if a credential of its person may. Throws FORBIDDEN. */
async function assertOperates({ db, caller }: Context, person_id: string): Promise<void> {
  if (caller.kind === 'session' || caller.scopes.includes('instance:operate')) return;
  const where = { person_id, revoked_at: null, scopes: { has: 'instance:operate' } };
  if (await db.tables.api_keys.findFirst({ where }))
    throw new AppError('FORBIDDEN', 'Sign in to set a password: this credential lacks instance:operate.');
}

/** Stores the password with the address that signs in. Throws CONFLICT if the address is taken. */
export async function storePassword(
  { tables }: Transaction,
  { userId, email, hash }: { userId: string; email: string; hash: string },
): Promise<void> {
  const row = { user_id: userId, provider_id: PASSWORD, account_id: userId };
  await tables.users.update({ where: { id: userId }, data: { sign_in_email: email } }).catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
    throw new AppError(
      'CONFLICT',
      'Another person already signs in with this address. If that is you, sign in first; otherwise choose another address.',
      [{ path: 'email', message: 'is already taken' }],
    );
  });
  await tables.sign_in_methods.upsert({
    where: { provider_id_account_id: { provider_id: PASSWORD, account_id: userId } },
    create: { ...row, id: newId(), password: hash },
    update: { password: hash },
  });
}
