import { storedSettings, updateSettingsBody, type WorkspaceSettings } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { notFound } from '../../platform/errors.ts';
import { statement } from '../../platform/statement.ts';

/** Merges, so that two people who change different fields at the same time both succeed. */
const UPDATE = statement<{ workspace: string; changes: string }, { settings: object }>(
  'settings_update',
  'update workspaces set settings = settings || :changes::jsonb where id = :workspace::uuid returning settings',
);

/** Changes how people decide in the workspace, from the next decision on. */
export async function updateSettings(ctx: Context, input: unknown): Promise<WorkspaceSettings> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const body = updateSettingsBody.parse(input);
  const [row] = await ctx.db.query(UPDATE, { workspace: ctx.caller.workspaceId, changes: JSON.stringify(body) });
  if (!row) throw notFound('workspace');
  return storedSettings.parse(row.settings);
}
