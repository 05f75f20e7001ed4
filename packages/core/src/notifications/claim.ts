// A worker claims a mail in the row of its member before it sends it. So a fleet sends it once, and a crash may lose one.
// Held by notifications.test.ts.
import type { Queryable } from '../platform/db.ts';
import { statement, type NoParams } from '../platform/statement.ts';
import { WAITS_FOR_MEMBER } from './waiting-for.ts';

export interface ClaimedMail {
  kind: 'digest' | 'waiting';
  workspace_id: string;
  workspace: string;
  user_id: string;
  email: string;
  identity_id: string;
  inbox_url: string;
  /** Names what has waited longer than this. */
  minutes: number;
  /** What the claim replaced, for `returnClaim`. */
  previous: string | null;
  previous_through: string | null;
}

/** Members who may decide, where the workspace's identity for mails can send. */
const TO_MEMBERS = `
  from notification_settings n
  join members m on m.workspace_id = n.workspace_id and m.user_id = n.user_id
  join users u on u.id = n.user_id
  join workspaces w on w.id = n.workspace_id
  join identities i on i.workspace_id = n.workspace_id and i.id = (w.settings->'notification_mail'->>'identity_id')::uuid`;
const MAY_BE_SENT = `
  m.role in ('owner', 'admin', 'reviewer') and i.status = 'active' and i.deleted_at is null
    and coalesce(i.not_before, '-infinity') <= clock_timestamp() and coalesce(n.not_before, '-infinity') <= clock_timestamp()`;
const CLAIMED = `
  n.workspace_id, w.name as workspace, n.user_id, coalesce(u.sign_in_email, u.email) as email, i.id as identity_id,
  w.settings->'notification_mail'->>'inbox_url' as inbox_url`;
const TODAY = '(clock_timestamp() at time zone n.time_zone)::date';

const CLAIM_DIGEST = statement<NoParams, ClaimedMail>(
  'notification_claim_digest',
  `
    with due as (
      select ${CLAIMED}, 0 as minutes, n.digest_date::text as previous ${TO_MEMBERS}
      where ${MAY_BE_SENT} and extract(hour from clock_timestamp() at time zone n.time_zone) >= n.digest_hour
        and coalesce(n.digest_date, '-infinity') < ${TODAY}
      limit 1 for update of n skip locked
    )
    update notification_settings n set digest_date = ${TODAY}
    from due where n.workspace_id = due.workspace_id and n.user_id = due.user_id
    returning 'digest' as kind, due.*, null as previous_through`,
);

/** One mail in that many minutes at most, and only for something that no earlier one covers. */
const CLAIM_WAITING = statement<NoParams, ClaimedMail>(
  'notification_claim_waiting',
  `
    with due as (
      select ${CLAIMED}, n.waiting_minutes as minutes, n.waiting_sent_at::text as previous,
        n.waiting_through::text as previous_through, late.newest
      ${TO_MEMBERS}
      cross join lateral (
        select max(coalesce(a.asked_at, a.created_at)) as newest from actions a
        where ${WAITS_FOR_MEMBER}
          and coalesce(a.asked_at, a.created_at) <= clock_timestamp() - n.waiting_minutes * interval '1 minute'
      ) late
      where ${MAY_BE_SENT} and n.waiting_minutes is not null
        and coalesce(n.waiting_sent_at, '-infinity') <= clock_timestamp() - n.waiting_minutes * interval '1 minute'
        and late.newest > coalesce(n.waiting_through, '-infinity')
      limit 1 for update of n skip locked
    )
    update notification_settings n set waiting_sent_at = clock_timestamp(), waiting_through = due.newest
    from due where n.workspace_id = due.workspace_id and n.user_id = due.user_id
    returning 'waiting' as kind, due.*`,
);

const RETRY_MINUTES = 10;
type Returned = { workspace: string; user: string; previous: string | null; through: string | null; minutes: number };

const RETURN_DIGEST = statement<Omit<Returned, 'through'>>(
  'notification_return_digest',
  `
    update notification_settings set digest_date = :previous::date,
      not_before = clock_timestamp() + :minutes::int * interval '1 minute'
    where workspace_id = :workspace::uuid and user_id = :user::uuid`,
);

const RETURN_WAITING = statement<Returned>(
  'notification_return_waiting',
  `
    update notification_settings set waiting_sent_at = :previous::timestamptz, waiting_through = :through::timestamptz,
      not_before = clock_timestamp() + :minutes::int * interval '1 minute'
    where workspace_id = :workspace::uuid and user_id = :user::uuid`,
);

/** The next mail that is due, which no other worker will send. */
export async function claimMail(db: Queryable): Promise<ClaimedMail | undefined> {
  const [digest] = await db.query(CLAIM_DIGEST, {});
  return digest ?? (await db.query(CLAIM_WAITING, {}))[0];
}

/** Makes it due again after some minutes. Only for a mail that was certainly not sent. */
export async function returnClaim(db: Queryable, mail: ClaimedMail): Promise<void> {
  const { kind, workspace_id: workspace, user_id: user, previous, previous_through: through } = mail;
  const returned = { workspace, user, previous, minutes: RETRY_MINUTES };
  await (kind === 'digest' ? db.query(RETURN_DIGEST, returned) : db.query(RETURN_WAITING, { ...returned, through }));
}
