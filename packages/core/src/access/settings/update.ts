import { storedSettings, updateSettingsBody, type WorkspaceSettings } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import type { Statement } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';

/** $1 workspace, $2 what changes. Two who change different fields at once both have their way. */
const UPDATE: Statement = {
  name: 'settings_update',
  text: 'update workspaces set settings = settings || $2::jsonb where id = $1::uuid returning settings',
};

/** Changes how people decide in the workspace, from the next decision on. */
export async function updateSettings(ctx: Context, input: unknown): Promise<WorkspaceSettings> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const body = updateSettingsBody.parse(input);
  const [row] = await ctx.db.query<{ settings: object }>(UPDATE, [ctx.caller.workspaceId, JSON.stringify(body)]);
  if (!row) throw notFound('workspace');
  return storedSettings.parse(row.settings);
}
