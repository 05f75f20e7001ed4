import { pageQuery, type ApiKey } from '@proviso/contracts';
import { authorizeCredentials, mayAdministrate, type Context } from '../context.ts';
import { readPage, type Page } from '../../platform/page.ts';
import { presentKey } from './present.ts';

/** The keys that a caller may see and revoke: a person's own credentials, and an administrator's the workspace's keys. */
export function keysOf(ctx: Context) {
  const { workspaceId, person } = ctx.caller;
  return {
    OR: [
      ...(person ? [{ person_id: person.id }] : []),
      ...(mayAdministrate(ctx) ? [{ workspace_id: workspaceId }] : []),
    ],
  };
}

/** One's own personal credentials, and with the right to administrate the workspace's keys; newest first, revoked ones too. */
export async function listKeys(ctx: Context, input: unknown): Promise<Page<ApiKey>> {
  authorizeCredentials(ctx);
  const page = pageQuery.parse(input);
  const where = keysOf(ctx);
  const { api_keys } = ctx.db.tables;
  return readPage(
    page,
    (window) => api_keys.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => api_keys.count({ where }),
    presentKey,
  );
}
