// A claim gives one worker the right to send a delivery until its lease ends. The claims of a webhook follow one
// another, so that it has one delivery of an action in flight, whatever the number of workers. Held by webhooks.test.ts.
import type { JsonObject, WebhookAttempt } from '@proviso/contracts';
import type { Database } from '../platform/db.ts';
import { statement } from '../platform/statement.ts';

/** In the fleet, so that a slow receiver does not occupy all workers. */
const PER_WEBHOOK_MAX = 8;
/** How many due deliveries of a webhook a claim looks at. Each leads to the first version of its action. */
const WINDOW = 500;

/** Webhooks with something due, in any order; another worker's are left out. */
const LOCK_DUE = statement<{ count: number }, { id: string }>(
  'webhook_lock_due',
  `
    select w.id::text from webhooks w
    where w.disabled_reason is null and exists (
      select from webhook_deliveries d
      where d.webhook_id = w.id and d.status = 'pending' and d.due_at <= statement_timestamp())
    order by random() limit :count::int
    for no key update skip locked`,
);

export interface ClaimedDelivery {
  id: string;
  workspace_id: string;
  webhook_id: string;
  action_id: string;
  version: number;
  attempts: number;
  fence: number;
  log: WebhookAttempt[];
  url: string;
  /** Null: its action was deleted. */
  event: JsonObject | null;
  action_type: string | null;
  secrets: { id: string; secret: string }[] | null;
}

interface ClaimParams {
  webhooks: readonly string[];
  count: number;
  leaseMs: number;
}

/**
 * What else a webhook has pending for an action. Written so that only the index on the action fits: the planner takes
 * another one while it does not know yet how many are pending.
 */
const OF_ACTION = 'o.action_id = due.action_id and o.webhook_id::text = w.id::text and o.completed_at is null';

/** Of each action that has something due, the first version that is due, unless another one is in flight. */
const CLAIM = statement<ClaimParams, ClaimedDelivery>(
  'webhook_claim_deliveries',
  `
    with candidates as (
      select one.id from unnest(:webhooks::uuid[]) w(id) cross join lateral (
        select first.id from (
          select action_id, min(due_at) as due_at from (
            select action_id, due_at from webhook_deliveries
            where webhook_id = w.id and status = 'pending' and due_at <= statement_timestamp()
            order by due_at limit ${WINDOW}
          ) due group by action_id
        ) due cross join lateral (
          select o.id from webhook_deliveries o
          where ${OF_ACTION} and o.due_at <= statement_timestamp()
          order by o.version limit 1
        ) first
        where not exists (
          select from webhook_deliveries o where ${OF_ACTION} and o.lease_until > statement_timestamp() offset 0)
        order by due.due_at
        limit greatest(0, ${PER_WEBHOOK_MAX} - (
          select count(*) from webhook_deliveries f
          where f.webhook_id = w.id and f.status = 'pending' and f.lease_until > statement_timestamp()
            and f.due_at > statement_timestamp()
            and f.due_at <= statement_timestamp() + :leaseMs::int * interval '1 ms'))
      ) one
      limit :count::int
    ), locked as (
      select d.id from webhook_deliveries d
      where d.id in (select id from candidates) and d.status = 'pending' and d.due_at <= statement_timestamp()
      for no key update skip locked
    ), claimed as (
      update webhook_deliveries d set attempts = d.attempts + 1, fence = d.fence + 1,
        lease_until = statement_timestamp() + :leaseMs::int * interval '1 ms',
        due_at = statement_timestamp() + :leaseMs::int * interval '1 ms'
      from locked l where d.id = l.id
      returning d.*
    )
    select c.id::text, c.workspace_id::text, c.webhook_id::text, c.action_id::text, c.version, c.attempts, c.fence, c.log, w.url,
      to_jsonb(e) as event, a.type as action_type,
      (
        select jsonb_agg(jsonb_build_object('id', s.id, 'secret', s.secret) order by s.created_at desc)
        from webhook_secrets s
        where s.webhook_id = w.id and (s.expires_at is null or s.expires_at > statement_timestamp())
      ) as secrets
    from claimed c join webhooks w on w.id = c.webhook_id
    left join action_events e on e.action_id = c.action_id and e.version = c.version
    left join actions a on a.id = c.action_id`,
);

/** Claims at most `count` due deliveries. */
export async function claimDeliveries(db: Database, count: number, leaseMs: number): Promise<ClaimedDelivery[]> {
  if (count < 1) return [];
  return db.transaction(async (tx) => {
    const due = await tx.query(LOCK_DUE, { count });
    if (due.length === 0) return [];
    return tx.query(CLAIM, { webhooks: due.map(({ id }) => id), count, leaseMs });
  });
}
