import { storedSettings, type WorkspaceSettings } from '@proviso/contracts';
import { formatId } from '../../platform/ids.ts';
import { authorize, type Caller, type Context } from '../context.ts';

/** How people decide in the caller's workspace. */
export async function getSettings(ctx: Context): Promise<WorkspaceSettings> {
  authorize(ctx, 'actions:read');
  return presentSettings(await readSettings(ctx));
}

/** The stored settings have a bare UUID. */
export function presentSettings({ notification_mail: mail, ...settings }: WorkspaceSettings): WorkspaceSettings {
  return {
    ...settings,
    notification_mail: mail && { ...mail, identity_id: formatId('identity', mail.identity_id) },
  };
}

async function readSettings({ db, caller }: Pick<Context, 'db' | 'caller'>): Promise<WorkspaceSettings> {
  const { settings } = await db.tables.workspaces.findUniqueOrThrow({ where: { id: caller.workspaceId } });
  return storedSettings.parse(settings);
}

/** A request has one caller, so that its many decisions read the settings once. */
const settingsByCaller = new WeakMap<Caller, Promise<WorkspaceSettings>>();

/**
 * How long an approval is held: as requested; else, for a person in a browser who may undo it, as the workspace sets.
 */
export async function holdSecondsOf(ctx: Context, type: string, asked: number | undefined): Promise<number> {
  if (asked !== undefined) return asked;
  if (ctx.caller.kind !== 'session') return 0;
  const reading = settingsByCaller.get(ctx.caller) ?? readSettings(ctx);
  settingsByCaller.set(ctx.caller, reading);
  const { hold_seconds, hold_seconds_by_type } = await reading;
  return (Object.hasOwn(hold_seconds_by_type, type) ? hold_seconds_by_type[type] : undefined) ?? hold_seconds;
}
