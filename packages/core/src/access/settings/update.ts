import { storedSettings, updateSettingsBody, type Provider, type WorkspaceSettings } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { statement } from '../../platform/statement.ts';
import { presentSettings } from './get.ts';

/** Merges, so that two people who change different fields at the same time both succeed. */
const UPDATE = statement<{ workspace: string; changes: string }, { settings: object }>(
  'settings_update',
  'update workspaces set settings = settings || :changes::jsonb where id = :workspace::uuid returning settings',
);

/** Changes how people decide in the workspace, from the next decision on. */
export async function updateSettings(ctx: Context, input: unknown): Promise<WorkspaceSettings> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { notification_mail: mail, ...body } = updateSettingsBody.parse(input);
  const changes = { ...body, ...(mail !== undefined && { notification_mail: mail && (await checkedMail(ctx, mail)) }) };
  const [row] = await ctx.db.query(UPDATE, { workspace: ctx.caller.workspaceId, changes: JSON.stringify(changes) });
  if (!row) throw notFound('workspace');
  return presentSettings(storedSettings.parse(row.settings));
}

type Mail = NonNullable<WorkspaceSettings['notification_mail']>;

/** With the bare UUID of an identity of the workspace that can send mail. */
async function checkedMail({ db, caller, executors }: Context, { identity_id, inbox_url }: Mail): Promise<Mail> {
  const path = 'notification_mail.identity_id';
  const id = parseId('identity', identity_id);
  if (!id) throw invalid(path, 'is not the id of an identity');
  const where = { id, workspace_id: caller.workspaceId, deleted_at: null };
  const found = await db.tables.identities.findFirst({ where, select: { provider: true } });
  if (!found) throw invalid(path, 'is not an identity of this workspace');
  if (!executors.provider(found.provider as Provider)?.sendMail)
    throw invalid(path, `must be an identity that sends mail over SMTP, and this one is of ${found.provider}`);
  return { identity_id: id, inbox_url };
}
