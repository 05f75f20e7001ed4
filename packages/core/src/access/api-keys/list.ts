import { pageQuery, type ApiKey } from '@proviso/contracts';
import { authorizeCredentials, mayAdministrate, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { presentKey } from './present.ts';

/** The keys that a caller may see and revoke: their own credentials and, for an administrator, the workspace's keys. */
export function visibleKeys(ctx: Context) {
  const { workspaceId, person } = ctx.caller;
  return {
    OR: [
      ...(person ? [{ person_id: person.id }] : []),
      ...(mayAdministrate(ctx) ? [{ workspace_id: workspaceId }] : []),
    ],
  };
}

/**
 * Lists the caller's credentials and, for an administrator, the workspace's keys. Newest first, including revoked ones.
 */
export async function listKeys(ctx: Context, input: unknown): Promise<Page<ApiKey>> {
  authorizeCredentials(ctx);
  const page = pageQuery.parse(input);
  const where = visibleKeys(ctx);
  const { api_keys } = ctx.db.tables;
  return readPage(
    page,
    (window) => api_keys.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => api_keys.count({ where }),
    presentKey,
  );
}
