import { createHash } from 'node:crypto';
import { pushSubscriptionBody, pushUnsubscriptionBody, type NotificationSettings } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { runAndKeepReply } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { sealSecret } from '../platform/secrets.ts';
import { statement } from '../platform/statement.ts';
import { getNotificationSettings } from './settings.ts';
import { publicKeyOf } from './signing-keys.ts';

/** Per member: a person has a few browsers. */
const SUBSCRIPTIONS_MAX = 20;

interface Subscription {
  id: string;
  workspace: string;
  member: string;
  /** Null = with a personal credential, and not in a session. */
  session: string | null;
  endpointHash: string;
  sealed: string;
}

/** A browser belongs to whoever subscribed last. The oldest of too many ends. */
const SUBSCRIBE = statement<Subscription>(
  'push_subscribe',
  `
    with oldest as (
      delete from push_subscriptions where endpoint_hash <> :endpointHash and id in (
        select id from push_subscriptions where workspace_id = :workspace::uuid and user_id = :member::uuid
        order by created_at desc offset ${SUBSCRIPTIONS_MAX - 1})
    )
    insert into push_subscriptions (id, workspace_id, user_id, session_id, endpoint_hash, sealed)
    values (:id::uuid, :workspace::uuid, :member::uuid, :session::uuid, :endpointHash, :sealed)
    on conflict (endpoint_hash) do update set id = excluded.id, workspace_id = excluded.workspace_id,
      user_id = excluded.user_id, session_id = excluded.session_id, sealed = excluded.sealed,
      created_at = clock_timestamp(), pushed_at = null, pushed_through = clock_timestamp()`,
);

const UNSUBSCRIBE = statement<Pick<Subscription, 'workspace' | 'member' | 'endpointHash'>>(
  'push_unsubscribe',
  `
    delete from push_subscriptions
    where workspace_id = :workspace::uuid and user_id = :member::uuid and endpoint_hash = :endpointHash`,
);

export const pushSubscriptionAad = (id: string): string => `push_subscriptions.sealed:${id}`;

/** An address is a capability: whoever has it may send. So it is sealed, and found by its hash. */
const hashOf = (endpoint: string): string => createHash('sha256').update(endpoint).digest('hex');

/** From now on the caller's browser is told how many proposals wait, until its session ends. */
export async function subscribePush(ctx: Context, input: unknown): Promise<NotificationSettings> {
  const person = authorizeReviewing(ctx);
  const subscription = pushSubscriptionBody.parse(input);
  const { workspaceId, kind, tokenId } = ctx.caller;
  if ((await publicKeyOf(ctx, workspaceId)) === null)
    throw new AppError('UNAVAILABLE', 'This instance sends no push messages. Set PROVISO_SECRET_KEYS.');
  const id = newId();
  return runAndKeepReply(ctx.db, ctx.idempotency, async () => {
    await ctx.db.query(SUBSCRIBE, {
      id,
      workspace: workspaceId,
      member: person.id,
      session: kind === 'session' ? tokenId : null,
      endpointHash: hashOf(subscription.endpoint),
      sealed: sealSecret(ctx.secrets, subscription, pushSubscriptionAad(id)),
    });
    return getNotificationSettings(ctx);
  });
}

/** Ends it. The second time changes nothing. */
export async function unsubscribePush(ctx: Context, input: unknown): Promise<NotificationSettings> {
  const person = authorizeReviewing(ctx);
  const { endpoint } = pushUnsubscriptionBody.parse(input);
  const mine = { workspace: ctx.caller.workspaceId, member: person.id, endpointHash: hashOf(endpoint) };
  return runAndKeepReply(ctx.db, ctx.idempotency, async () => {
    await ctx.db.query(UNSUBSCRIBE, mine);
    return getNotificationSettings(ctx);
  });
}
