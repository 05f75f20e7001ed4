import { storedSettings, updateNotificationSettingsBody, type NotificationSettings } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../access/context.ts';
import { sqlState } from '../platform/database-errors.ts';
import { invalid } from '../platform/errors.ts';
import { statement } from '../platform/statement.ts';
import { publicKeyOf } from './signing-keys.ts';

interface Member {
  workspace: string;
  member: string;
}

type Row = Omit<NotificationSettings, 'mails' | 'push_public_key'> & { settings: unknown };

const GET = statement<Member & { session: string }, Row>(
  'notification_settings_get',
  `
    select coalesce(u.sign_in_email, u.email) as email, w.settings, n.digest_hour,
      coalesce(n.time_zone, 'UTC') as time_zone, n.waiting_minutes,
      exists (
        select from push_subscriptions p
        where p.session_id = :session::uuid and p.user_id = m.user_id and p.workspace_id = m.workspace_id) as subscribed
    from members m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
    left join notification_settings n on n.workspace_id = m.workspace_id and n.user_id = m.user_id
    where m.workspace_id = :workspace::uuid and m.user_id = :member::uuid`,
);

/** Merges, as a request may change a single field. */
const UPDATE = statement<Member & { changes: string }>(
  'notification_settings_update',
  `
    with c as (select :changes::jsonb as c)
    insert into notification_settings as n (workspace_id, user_id, digest_hour, time_zone, waiting_minutes)
    select :workspace::uuid, :member::uuid, (c->>'digest_hour')::int, coalesce(c->>'time_zone', 'UTC'),
      (c->>'waiting_minutes')::int from c
    on conflict (workspace_id, user_id) do update set
      digest_hour = case when :changes::jsonb ? 'digest_hour' then excluded.digest_hour else n.digest_hour end,
      time_zone = case when :changes::jsonb ? 'time_zone' then excluded.time_zone else n.time_zone end,
      waiting_minutes =
        case when :changes::jsonb ? 'waiting_minutes' then excluded.waiting_minutes else n.waiting_minutes end,
      not_before = null`,
);

/** The hour of today has passed: the first digest is tomorrow's. Fails on a time zone that PostgreSQL does not know. */
const START_TOMORROW = statement<Member>(
  'notification_digest_start',
  `
    update notification_settings n
    set digest_date = greatest(n.digest_date, (clock_timestamp() at time zone n.time_zone)::date)
    where workspace_id = :workspace::uuid and user_id = :member::uuid
      and extract(hour from clock_timestamp() at time zone n.time_zone) > n.digest_hour`,
);

const INVALID_PARAMETER_VALUE = '22023';

/** What the caller is told about outside the inbox. */
export async function getNotificationSettings(ctx: Context): Promise<NotificationSettings> {
  const person = authorizeReviewing(ctx);
  return read(ctx, { workspace: ctx.caller.workspaceId, member: person.id });
}

/** Changes it, from the next mail on. */
export async function updateNotificationSettings(ctx: Context, input: unknown): Promise<NotificationSettings> {
  const person = authorizeReviewing(ctx);
  const body = updateNotificationSettingsBody.parse(input);
  const member = { workspace: ctx.caller.workspaceId, member: person.id };
  await ctx.db
    .transaction(async (tx) => {
      await tx.query(UPDATE, { ...member, changes: JSON.stringify(body) });
      if (body.digest_hour !== undefined || body.time_zone !== undefined) await tx.query(START_TOMORROW, member);
    })
    .catch((error: unknown) => {
      if (sqlState(error) !== INVALID_PARAMETER_VALUE) throw error;
      throw invalid('time_zone', 'is not a time zone that the database knows');
    });
  return read(ctx, member);
}

async function read(ctx: Context, member: Member): Promise<NotificationSettings> {
  const [row] = await ctx.db.query(GET, { ...member, session: ctx.caller.tokenId });
  if (!row) throw new Error('The caller is not a member.'); // authorised a moment ago
  const { settings, ...own } = row;
  const mails = storedSettings.parse(settings).notification_mail !== null;
  return { ...own, mails, push_public_key: await publicKeyOf(ctx, member.workspace) };
}
