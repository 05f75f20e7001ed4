import { pageQuery, type AccessKey } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showKey } from './show.ts';

/** The keys that a caller may see and revoke: the workspace's, and personal tokens of the caller's own. */
export const keysOf = ({ caller }: Context) => ({
  OR: [{ workspace_id: caller.workspaceId }, { workspace_id: null, user_id: caller.user.id }],
});

/** The workspace's keys and the caller's personal tokens, newest first, with those that were revoked. */
export async function listKeys(ctx: Context, input: unknown): Promise<Page<AccessKey>> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const page = pageQuery.parse(input);
  const where = keysOf(ctx);
  const { api_keys } = ctx.db.tables;
  return readPage(
    page,
    (window) => api_keys.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => api_keys.count({ where }),
    showKey,
  );
}
