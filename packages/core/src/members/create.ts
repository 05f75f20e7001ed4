import { createMemberBody, type Member } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { isDuplicate } from '../db.ts';
import { AppError } from '../errors.ts';
import { once } from '../idempotency.ts';
import { newId } from '../ids.ts';
import { demandOwner } from './owners.ts';
import { showMember, WITH_USER } from './show.ts';

const ENSURE_USER = {
  name: 'user_ensure',
  text: `
    insert into users as u (id, email, name) values ($1::uuid, $2, $3)
    on conflict (email) do update set email = u.email returning u.id`,
};

/** Adds a person to the workspace. Somebody whom the instance knows already keeps their name. */
export async function createMember(ctx: Context, input: unknown): Promise<Member> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { email, name, role } = createMemberBody.parse(input);
  demandOwner(ctx, role);
  try {
    return await once(ctx.db, ctx.idempotency, async (tx) => {
      const [user] = await tx.query<{ id: string }>(ENSURE_USER, [newId(), email.toLowerCase(), name]);
      const data = { workspace_id: ctx.caller.workspaceId, user_id: user?.id ?? '', role };
      return showMember(await tx.tables.members.create({ data, include: WITH_USER }));
    });
  } catch (error) {
    throw isDuplicate(error) ? duplicateMember() : error;
  }
}

const duplicateMember = (): AppError =>
  new AppError('CONFLICT', 'This person is a member already.', [{ path: 'email', message: 'is a member already' }]);
