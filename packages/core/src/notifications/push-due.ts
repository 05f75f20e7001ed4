// Tells subscribed browsers that something new waits: how many, and nothing of what. Held by push.test.ts.
import { pushSubscriptionBody } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import type { PushResult } from '../executors/push-sender.ts';
import { openSecret } from '../platform/secrets.ts';
import { statement, type NoParams } from '../platform/statement.ts';
import { pushSubscriptionAad } from './push-subscriptions.ts';
import { signingKeysOf } from './signing-keys.ts';
import { waitingFor, WAITS_FOR_MEMBER } from './waiting-for.ts';

interface Due {
  id: string;
  workspace_id: string;
  user_id: string;
  sealed: string;
  email: string;
  inbox_url: string | null;
}

/** Many proposals at once are one message. */
const PAUSE_S = 30;

/** The worker writes first that a browser was told: a fleet tells it once, and a crash may lose one message. */
const CLAIM = statement<NoParams, Due>(
  'push_claim',
  `
    with due as (
      select n.id, late.newest from push_subscriptions n
      join members m on m.workspace_id = n.workspace_id and m.user_id = n.user_id
      left join sessions s on s.id = n.session_id
      cross join lateral (
        select max(a.created_at) as newest from actions a
        where ${WAITS_FOR_MEMBER} and a.created_at > n.pushed_through
      ) late
      where m.role in ('owner', 'admin', 'reviewer') and (n.session_id is null or s.expires_at > clock_timestamp())
        and coalesce(n.pushed_at, '-infinity') <= clock_timestamp() - interval '${PAUSE_S} seconds'
        and late.newest > n.pushed_through
      limit 1 for update of n skip locked
    )
    update push_subscriptions n set pushed_at = clock_timestamp(), pushed_through = due.newest
    from due, workspaces w, users u where n.id = due.id and w.id = n.workspace_id and u.id = n.user_id
    returning n.id, n.workspace_id, n.user_id, n.sealed,
      coalesce(u.sign_in_email, u.email) as email, w.settings->'notification_mail'->>'inbox_url' as inbox_url`,
);

const FORGET = statement<{ id: string }>('push_forget', 'delete from push_subscriptions where id = :id::uuid');

/** Tells the next browser. Returns how many were due: 0 or 1. */
export async function sendDuePush(services: Services): Promise<number> {
  if (!services.executors.push) return 0;
  const [due] = await services.db.query(CLAIM, {});
  if (!due) return 0;
  const result = await push(services, due);
  if (result.kind === 'gone') await services.db.query(FORGET, { id: due.id });
  if (result.kind === 'failed')
    services.log.warn({ subscription: due.id, reason: result.message }, 'a push message was not accepted');
  return 1;
}

async function push(services: Services, due: Due): Promise<PushResult> {
  const { workspace_id: workspaceId, user_id: userId } = due;
  const { total, actions } = await waitingFor(services, { workspaceId, userId, minutes: 0 });
  const [only, another] = actions;
  const text = JSON.stringify({ waiting: total, open: only && !another ? only.actionId : null });
  try {
    const opened = openSecret(services.secrets, due.sealed, pushSubscriptionAad(due.id));
    const signing = await signingKeysOf(services, workspaceId);
    const subscription = pushSubscriptionBody.parse(opened);
    const send = services.executors.push;
    if (!send || total === 0) return { kind: 'accepted' }; // it was decided meanwhile
    const contact = due.inbox_url?.startsWith('https:') ? due.inbox_url : `mailto:${due.email}`;
    return await send({ ...subscription, text, signing, contact });
  } catch {
    return { kind: 'failed', message: 'This worker cannot decrypt the keys. Check its PROVISO_SECRET_KEYS.' };
  }
}
