import type { JsonObject, WebhookDelivery } from '@proviso/contracts';
import {
  cancelAction,
  claimDeliveries,
  createAction,
  createRegistry,
  createWebhook,
  DEFAULT_TIMINGS,
  deleteOldDeliveries,
  deliver,
  formatId,
  newId,
  listWebhookDeliveries,
  recordDeliveries,
  replayDelivery,
  replayFailedDeliveries,
  rotateWebhookSecret,
  updateAction,
  updateWebhook,
  getWebhook,
  type Context,
  type Services,
  type Timings,
} from '@proviso/core';
import { builtIns } from '@proviso/executors';
import { openMetrics } from '@proviso/metrics';
import { until } from '@proviso/testing';
import { eachTest, useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { httpFault, startHttpFake, type HttpFake } from '@proviso/testing/providers/http-fake';
import { Webhook } from 'standardwebhooks';
import { startWebhooks } from '../src/webhooks.ts';

type Changed = Partial<Timings['webhooks']>;
const { answers, hangs, takesThenAnswersLate } = httpFault;

describe('webhooks', () => {
  const world = useWorld();
  const { workspace, owner } = useWorkspace(world, beforeEach);
  const receiver = eachTest(() =>
    startHttpFake({ handle: () => ({ status: 200 }), tooMany: { status: 429 } }),
  ) as HttpFake;
  afterEach(async () => {
    await world.db.tables.webhooks.deleteMany();
    await receiver.close();
  });

  const add = async (more: object = {}) => {
    const { secret, webhook } = await createWebhook(owner, { url: `${receiver.url}/hook`, ...more });
    return { id: webhook.webhook_id, secret: secret ?? '' };
  };
  const propose = (ctx: Context = owner, identity_id = workspace.identityId) =>
    createAction(ctx, {
      type: 'probe_at_most_once',
      identity_id,
      params: {},
      require_approval: true,
    });
  const timed = (webhooks: Changed): Services => ({
    ...world,
    timings: { ...DEFAULT_TIMINGS, webhooks: { ...DEFAULT_TIMINGS.webhooks, delaysMs: [1, 1, 1], ...webhooks } },
  });
  /** Sends what is due, as a worker with those times. Returns how many attempts it made. */
  const send = async (webhooks: Changed = {}, services = timed(webhooks)): Promise<number> => {
    await recordDeliveries(world);
    const claimed = await claimDeliveries(world.db, 32, services.timings.webhooks.leaseMs);
    await Promise.all(claimed.map((one) => deliver(services, one)));
    return claimed.length;
  };
  const deliveries = async (id: string): Promise<WebhookDelivery[]> =>
    (await listWebhookDeliveries(owner, id, {})).rows.toReversed();
  const attempted = (count: number, webhooks: Changed = {}) =>
    until(`${count} requests`, async () => {
      await send(webhooks);
      return receiver.requests.length >= count;
    });
  const received = (place: number) => {
    const { body, headers } = receiver.requests[place] ?? { body: '', headers: {} };
    return { body, headers: headers as Record<string, string>, json: JSON.parse(body) as { data: JsonObject } };
  };

  it('sends each event with a signature that the library of Standard Webhooks verifies', async () => {
    const { secret } = await add();
    const { id } = await propose();
    await cancelAction(owner, id, {});
    await attempted(2);
    const [created, cancelled] = [received(0), received(1)];
    expect(new Webhook(secret).verify(created.body, created.headers)).toEqual({
      type: 'action.created',
      timestamp: expect.any(String),
      data: {
        at: expect.any(String),
        event: 'action.created',
        actor: owner.caller.actor,
        data: expect.any(Object),
        action_id: formatId('action', id),
        version: 1,
        status: 'pending_approval',
        event_id: created.headers['webhook-id'],
        action_type: 'probe_at_most_once',
        workspace_id: workspace.id,
      },
    });
    expect(cancelled.json).toMatchObject({ type: 'action.cancelled', data: { version: 2, status: 'cancelled' } });
    expect(cancelled.headers['webhook-id']).toBe(`${formatId('action', id)}_2`);
    expect(() => new Webhook(`whsec_${btoa('x'.repeat(32))}`).verify(created.body, created.headers)).toThrow();
  });

  it('shows the secret once, and keeps it sealed', async () => {
    const idempotency = {
      key: newId(),
      tokenId: newId(),
      workspaceId: workspace.id,
      requestHash: 'x',
      replayed: false,
    };
    const body = { url: `${receiver.url}/hook` };
    const first = await createWebhook({ ...owner, idempotency }, body);
    expect(await createWebhook({ ...owner, idempotency }, body)).toEqual({ ...first, secret: null });
    const kept = await world.db.pool.query('select (select jsonb_agg(w) from webhook_secrets w)::text as text');
    expect(first.secret).toMatch(/^whsec_/);
    expect(kept.rows[0]).toEqual({ text: expect.stringContaining('v1.test.') });
    expect(JSON.stringify([kept.rows, await getWebhook(owner, first.webhook.webhook_id)])).not.toContain(first.secret);
  });

  it('counts attempts by outcome, and measures the oldest event that has not arrived', async () => {
    const metrics = openMetrics(world, 0);
    try {
      await add();
      receiver.next('/hook', answers(500));
      await propose();
      await attempted(1, { delaysMs: [3_600_000] });
      await world.db.pool.query("update webhook_deliveries set created_at = created_at - interval '90 seconds'");
      const text = await metrics.text();
      const sample = (name: string) =>
        Number(
          text
            .split('\n')
            .find((line) => line.startsWith(`${name} `))
            ?.split(' ')[1],
        );
      expect(sample('proviso_webhook_attempts_total{outcome="retried"}')).toBe(1);
      expect(sample('proviso_webhook_attempts_total{outcome="delivered"}')).toBe(0);
      expect(sample('proviso_webhook_oldest_pending_seconds')).toBeGreaterThanOrEqual(90);
    } finally {
      metrics.close();
    }
  });

  it('sends only the events that the webhook asks for, of its own workspace, from its creation on', async () => {
    const early = await propose();
    await add({ events: ['action.cancelled'] });
    const elsewhere = await world.workspace();
    await cancelAction(owner, (await propose()).id, {});
    const foreign = await propose(await elsewhere.as({}), elsewhere.identityId);
    await cancelAction(await elsewhere.as({}), foreign.id, {});
    await cancelAction(owner, early.id, {});
    await attempted(2);
    expect([await send(), receiver.requests.length]).toEqual([0, 2]);
    for (const place of [0, 1])
      expect(received(place).json.data).toMatchObject({ event: 'action.cancelled', workspace_id: workspace.id });
  });

  it('signs with the old and the new secret until the overlap of a rotation ends', async () => {
    const { id, secret } = await add();
    const second = (await rotateWebhookSecret(owner, id, {})).secret ?? '';
    await propose();
    await attempted(1);
    const both = received(0);
    for (const one of [secret, second]) expect(new Webhook(one).verify(both.body, both.headers)).toBeDefined();
    const third = (await rotateWebhookSecret(owner, id, { overlap_hours: 0 })).secret ?? '';
    await propose();
    await attempted(2);
    const { body, headers } = received(1);
    expect(new Webhook(third).verify(body, headers)).toBeDefined();
    for (const one of [secret, second]) expect(() => new Webhook(one).verify(body, headers)).toThrow();
  });

  it('sends an event again, with the same id and body, until it is accepted', async () => {
    const { id } = await add();
    receiver.next('/hook', answers(500), answers(503, {}, { 'retry-after': '0' }));
    await propose();
    await attempted(3, { delaysMs: [1, 1, 1] });
    const [first, , third] = [received(0), received(1), received(2)];
    expect(third.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(third.body).toBe(first.body);
    expect(await deliveries(id)).toMatchObject([
      {
        status: 'delivered',
        next_attempt_at: null,
        attempts: [
          { status: 500, error: 'The receiver answered 500.' },
          { status: 503 },
          { status: 200, error: null, at: expect.any(String), duration_ms: expect.any(Number) },
        ],
      },
    ]);
  });

  it('waits as long as Retry-After says, and meanwhile sends later versions of the action', async () => {
    const { id } = await add();
    receiver.next('/hook', answers(429, {}, { 'retry-after': '3600' }));
    const action = await propose();
    await attempted(1);
    await cancelAction(owner, action.id, {});
    await attempted(2);
    const [created, cancelled] = await deliveries(id);
    expect([created?.status, cancelled?.status]).toEqual(['pending', 'delivered']);
    const waitMs = Date.parse(created?.next_attempt_at ?? '') - Date.parse(created?.attempts[0]?.at ?? '');
    expect(waitMs).toBe(3_600_000);
  });

  it('has one delivery of an action in flight, and sends versions in order', async () => {
    await add();
    const action = await propose();
    await updateAction(owner, action.id, { description: 'x' });
    await cancelAction(owner, action.id, {});
    await until('three deliveries', async () => {
      await recordDeliveries(world);
      return (await world.db.tables.webhook_deliveries.count()) === 3;
    });
    const first = await claimDeliveries(world.db, 32, 60_000);
    expect(first.map(({ version }) => version)).toEqual([1]);
    expect(await claimDeliveries(world.db, 32, 60_000)).toEqual([]);
    await Promise.all(first.map((one) => deliver(world, one)));
    await attempted(3);
    expect(receiver.requests.map((_, place) => received(place).json.data.version)).toEqual([1, 2, 3]);
  });

  it('gives up after the last attempt, and sends it again when it is replayed', async () => {
    const { id } = await add();
    receiver.next('/hook', answers(400), answers(400));
    await propose();
    await attempted(2, { delaysMs: [1] });
    const [given] = await deliveries(id);
    expect(given).toMatchObject({ status: 'failed', next_attempt_at: null, completed_at: expect.any(String) });
    const replayed = await replayDelivery(owner, { webhookId: id, deliveryId: given?.delivery_id ?? '' }, {});
    expect(replayed).toMatchObject({ status: 'pending', completed_at: null });
    await attempted(3);
    const [done] = await deliveries(id);
    expect(done?.status).toBe('delivered');
    expect(done?.attempts.map(({ status }) => status)).toEqual([400, 400, 200]);
    expect(received(2).headers['webhook-id']).toBe(received(0).headers['webhook-id']);
  });

  it('replays everything that has failed since a time, and nothing else', async () => {
    const { id } = await add();
    receiver.next('/hook', answers(400), answers(400));
    await Promise.all([propose(), propose(), propose()]);
    await attempted(3, { delaysMs: [] });
    const failed = (await deliveries(id)).filter(({ status }) => status === 'failed');
    expect(failed).toHaveLength(2);
    expect(await replayFailedDeliveries(owner, id, { since: '2999-01-01T00:00:00Z' })).toEqual({ replayed: 0 });
    const since = failed[0]?.created_at;
    expect(await replayFailedDeliveries(owner, id, { since })).toEqual({ replayed: 2 });
    await attempted(5);
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('is disabled at once by 410, and gets the events after it is enabled', async () => {
    const { id } = await add();
    receiver.next('/hook', answers(410));
    const action = await propose();
    await attempted(1);
    expect(await getWebhook(owner, id)).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    expect(await deliveries(id)).toMatchObject([{ status: 'failed' }]);
    await updateAction(owner, action.id, { description: 'missed' });
    const [delivery] = await deliveries(id);
    const replay = replayDelivery(owner, { webhookId: id, deliveryId: delivery?.delivery_id ?? '' }, {});
    await expect(replay).rejects.toThrow('The webhook is disabled. Enable it first.');
    expect(await updateWebhook(owner, id, { enabled: true })).toMatchObject({ enabled: true, disabled_reason: null });
    await cancelAction(owner, action.id, {});
    await attempted(2);
    expect(received(1).json.data).toMatchObject({ version: 3 });
  });

  it('is disabled when it has failed for too long without a success', async () => {
    const { id } = await add();
    receiver.next('/hook', answers(500), answers(200), answers(500), answers(500));
    await propose();
    await attempted(2, { failingMaxMs: 0 });
    expect(await getWebhook(owner, id)).toMatchObject({ enabled: true, failing_since: null });
    await propose();
    await attempted(4, { failingMaxMs: 0 });
    expect(await getWebhook(owner, id)).toMatchObject({
      enabled: false,
      disabled_reason: 'failing',
      failing_since: expect.any(String),
    });
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered' }, { status: 'pending' }]);
  });

  it('ends an attempt that takes too long, and does not follow a redirect', async () => {
    const { id } = await add();
    receiver.next('/hook', hangs(), answers(302, {}, { location: `${receiver.url}/elsewhere` }));
    await propose();
    await attempted(2, { timeoutMs: 200 });
    const [delivery] = await deliveries(id);
    expect(delivery?.attempts.map(({ error }) => error)).toEqual([
      'There was no answer within 0.2 s.',
      'The receiver answered 302. Redirects are not followed: set the address that it points to.',
    ]);
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/hook', '/hook']);
  });

  it('sends nothing to a private address', async () => {
    const executors = createRegistry(builtIns());
    const closed = createWebhook({ ...owner, executors }, { url: 'https://127.0.0.1/hook' });
    await expect(closed).rejects.toMatchObject({ code: 'INVALID', details: [{ path: 'url' }] });
    const { id } = await add();
    await propose();
    await until('an attempt', () => send({}, { ...timed({}), executors }));
    const [delivery] = await deliveries(id);
    expect(delivery?.attempts).toMatchObject([
      { status: null, error: 'There is no such host on the public internet.' },
    ]);
    expect(receiver.requests).toEqual([]);
  });

  it('is sent again by another worker if the first one is lost, whose late answer changes nothing', async () => {
    const { id } = await add();
    let arrive = (): void => undefined;
    receiver.next('/hook', takesThenAnswersLate(new Promise((resolve) => (arrive = resolve))), answers(500));
    await propose();
    const [lost] = await until('a claim', async () => {
      await recordDeliveries(world);
      const claimed = await claimDeliveries(world.db, 1, 50);
      return claimed.length > 0 ? claimed : undefined;
    });
    const late = lost && deliver(timed({}), lost);
    await until('the request', () => receiver.requests.length === 1);
    await attempted(2, { delaysMs: [3_600_000, 3_600_000, 3_600_000] });
    arrive();
    await late;
    expect(await deliveries(id)).toMatchObject([{ status: 'pending', attempts: [{ status: 500 }] }]);
  });

  it('sends each event once at a time, whatever the number of workers', async () => {
    await add();
    await Promise.all(Array.from({ length: 40 }, () => propose()));
    const workers = [startWebhooks(world.worker()), startWebhooks(world.worker())];
    try {
      await until('all of them', () => receiver.requests.length >= 40);
      await until(
        'their records',
        async () => (await world.db.tables.webhook_deliveries.count({ where: { status: 'pending' } })) === 0,
      );
    } finally {
      for (const { sweeps } of workers) for (const sweep of sweeps) sweep.stop();
      for (const { sweeps, idle } of workers) await Promise.all([...sweeps.map((sweep) => sweep.idle()), idle()]);
    }
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([40, 40]);
  });

  it('keeps deliveries for 30 days', async () => {
    const { id } = await add();
    await Promise.all([propose(), propose()]);
    await attempted(2);
    const [old] = await deliveries(id);
    const days = "statement_timestamp() - interval '30 days 1 minute'";
    await world.db.pool.query(`update webhook_deliveries set created_at = ${days} where id = (
      select id from webhook_deliveries order by created_at, id limit 1)`);
    expect(await deleteOldDeliveries(world.db)).toBe(1);
    expect((await deliveries(id)).map(({ delivery_id }) => delivery_id)).not.toContain(old?.delivery_id);
    expect(await deliveries(id)).toHaveLength(1);
  });

  it('gets the events from now on after the database was restored into another server', async () => {
    await add();
    await world.db.pool.query(`update webhook_cursor set transaction_id = '9999999999'`);
    await recordDeliveries(world);
    await propose();
    await attempted(1);
    expect(received(0).json.data).toMatchObject({ version: 1 });
  });
});
