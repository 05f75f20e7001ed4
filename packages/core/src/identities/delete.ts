import { noBody } from '@proviso/contracts';
import { assertUnused } from '../action/assert-unused.ts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { notFound } from '../platform/errors.ts';
import { formatId } from '../platform/ids.ts';
import { getIdentityInWorkspace } from './get.ts';
import { statement } from '../platform/statement.ts';

/**
 * Deletes an identity with its credentials, and returns its id. Throws CONFLICT while open actions use it. Agents that
 * used it by default have no default identity afterwards. The row stays for past actions.
 */
export async function deleteIdentity(ctx: Context, id: string, input: unknown): Promise<string> {
  authorizeConfiguration(ctx, 'identities:write');
  noBody.parse(input);
  const { id: uuid, workspace_id } = await getIdentityInWorkspace(ctx, id);
  await ctx.db.transaction(async ({ tables, query }) => {
    await assertUnused(tables, 'identity', { workspace_id, identity_id: uuid });
    const gone = await query(RETIRE, { id: uuid, workspace: workspace_id });
    if (gone.length === 0) throw notFound('identity');
    await tables.agents.updateMany({ where: { workspace_id, identity_id: uuid }, data: { identity_id: null } });
    await tables.identity_slots.deleteMany({ where: { identity_id: uuid } });
  });
  return formatId('identity', uuid);
}

const RETIRE = statement<{ id: string; workspace: string }, { id: string }>(
  'identity_retire',
  `
    update identities set deleted_at = clock_timestamp(), status = 'disabled', credentials = null
    where id = :id::uuid and workspace_id = :workspace::uuid and deleted_at is null returning id`,
);
