import {
  clearedHash,
  hashJson,
  createAction,
  decideAction,
  execute,
  getAction,
  formatId,
  updateIdentity,
  type ActionRow,
  type Timings,
  type Worker,
} from '@proviso/core';
import { effectsOf, reread } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import type { JsonObject } from '@proviso/contracts';

describe('execute', () => {
  const world = useWorld();
  const { workspace, owner } = useWorkspace(world);

  const create = (delivery: string, params: JsonObject = {}, more: JsonObject = {}): Promise<ActionRow> =>
    createAction(owner, { type: `probe_${delivery}`, identity_id: workspace.identityId, params, ...more });

  async function run(action: ActionRow, pace: Partial<Timings> = {}): Promise<ActionRow> {
    await execute(world.worker(pace), action.id);
    return reread(world, action);
  }

  /** Makes a retry due at once, as the passing of time would. */
  const letTimePass = ({ id }: ActionRow) => world.setAction(id, 'due_at = now()');

  async function runFiveTimes(action: ActionRow): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await letTimePass(action);
      await run(action);
    }
  }

  const effects = ({ id }: ActionRow) => effectsOf(formatId('action', id));
  const names = async ({ id }: ActionRow) => (await getAction(owner, id)).logs.map(({ event }) => event);

  const OUTCOMES: [string, JsonObject, object][] = [
    ['transactional', { outcome: 'done' }, { status: 'completed', result: { said: '' } }],
    ['at_most_once', { outcome: 'done' }, { status: 'completed' }],
    ['at_most_once', { outcome: 'refused' }, { status: 'failed', status_reason: 'provider_refused' }],
    ['at_most_once', { outcome: 'unknown' }, { status: 'failed', status_reason: 'outcome_unknown' }],
    ['at_most_once', { outcome: 'retry' }, { status: 'scheduled', effect_started_at: null, attempts: 1 }],
    ['at_most_once', { outcome: 'retry_unsure' }, { status: 'failed', status_reason: 'outcome_unknown' }],
    ['at_most_once', { outcome: 'unavailable' }, { status: 'scheduled', effect_started_at: null, attempts: 0 }],
    ['at_most_once', { outcome: 'throw' }, { status: 'failed', status_reason: 'outcome_unknown' }],
    ['at_most_once', { outcome: 'throw', begin: false }, { status: 'scheduled', effect_started_at: null }],
    ['idempotent', { outcome: 'retry_unsure' }, { status: 'scheduled', attempts: 1 }],
    ['idempotent', { outcome: 'unknown' }, { status: 'scheduled', attempts: 1 }],
    ['idempotent', { outcome: 'throw' }, { status: 'scheduled', attempts: 1 }],
    ['at_most_once', { guard: 'refused' }, { status: 'failed', status_reason: 'guard_refused' }],
    ['at_most_once', { guard: 'stale' }, { status: 'pending_approval', status_reason: 'stale', cleared_hash: null }],
    ['at_most_once', { guard: 'later' }, { status: 'scheduled', attempts: 0 }],
    ['at_most_once', { guard: 'throw' }, { status: 'scheduled', attempts: 1 }],
  ];
  it.each(OUTCOMES)('%s, %j → %j', async (delivery, params, expected) => {
    const row = await run(await create(delivery, params));
    expect(row).toMatchObject({ ...expected, lease_until: null });
    if (row.status === 'failed') expect(row.error).toMatchObject({ code: row.status_reason });
  });

  it('reports an unknown outcome as one that may have happened, and never runs it again', async () => {
    const action = await create('at_most_once', { outcome: 'unknown' });
    const failed = await run(action);
    expect(failed.error).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(failed.error?.message).toMatch(/^It may have happened\. Check before repeating\./);
    await letTimePass(action);
    await run(action);
    expect(effects(action)).toHaveLength(1);
  });

  it('keeps the idempotency key over all attempts, and gives up as unknown if one may have worked', async () => {
    const action = await create('idempotent', { outcome: 'retry_unsure' });
    await runFiveTimes(action);
    expect(effects(action).map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(effects(action).map(({ key }) => key)).size).toBe(1);
    const unknown = { status: 'failed', status_reason: 'outcome_unknown', attempts: 5 };
    expect(await reread(world, action)).toMatchObject(unknown);
  });

  it('gives up after five attempts without an effect', async () => {
    const action = await create('at_most_once', { outcome: 'retry' });
    await runFiveTimes(action);
    const exhausted = { status: 'failed', status_reason: 'attempts_exhausted', attempts: 5 };
    expect(await reread(world, action)).toMatchObject(exhausted);
    expect(await names(action)).toEqual([
      'action.created',
      ...Array.from({ length: 4 }, () => ['action.claimed', 'action.retried']).flat(),
      'action.claimed',
      'action.failed',
    ]);
  });

  it('does not count an attempt that the provider delayed', async () => {
    const row = await run(await create('at_most_once', { outcome: 'retry', after_ms: 120_000 }));
    expect(row).toMatchObject({ status: 'scheduled', attempts: 0 });
    expect(row.due_at.getTime() - row.updated_at.getTime()).toBeGreaterThan(119_000);
  });

  it('spreads retries out: each waits somewhere below 5 s · 2ⁿ, at most ten minutes', async () => {
    const row = await run(await create('at_most_once', { outcome: 'retry' }));
    expect(row.due_at.getTime() - row.updated_at.getTime()).toBeLessThanOrEqual(5_001);
  });

  describe('a provider that is down or busy', () => {
    /** As if it had been away for so long when it is tried next. */
    async function triedAfter(action: ActionRow, hours: number): Promise<{ row: ActionRow; waitS: number }> {
      const away = `update actions set due_at = now(), unavailable_since = now() - $2 * interval '1 hour' where id = $1`;
      await world.db.pool.query(away, [action.id, hours]);
      const row = await run(action);
      return { row, waitS: (row.due_at.getTime() - row.updated_at.getTime()) / 1_000 };
    }

    it('is retried for a day, at last once an hour, without using up an attempt', async () => {
      const action = await create('at_most_once', { outcome: 'unavailable' });
      const first = await run(action);
      expect(first.due_at.getTime() - first.updated_at.getTime()).toBeLessThanOrEqual(5_001);
      for (const [hours, leastS, mostS] of [
        [0.1, 90, 181],
        [1, 900, 1_801],
        [23.9, 1_800, 3_601],
      ] as const) {
        const { row, waitS } = await triedAfter(action, hours);
        expect(row).toMatchObject({ status: 'scheduled', attempts: 0, crashes: 0 });
        expect(waitS).toBeGreaterThanOrEqual(leastS);
        expect(waitS).toBeLessThanOrEqual(mostS);
      }
      const { row } = await triedAfter(action, 24);
      expect(row).toMatchObject({
        status: 'failed',
        error: { code: 'attempts_exhausted', message: 'Gave up after 24 h: away', retryable: true },
      });
      expect(effects(action)).toEqual([]);
    });

    it('is retried when it asks, and less often when it asks repeatedly', async () => {
      const action = await create('idempotent', { outcome: 'retry', after_ms: 1_000 });
      await run(action);
      const { waitS } = await triedAfter(action, 2);
      expect(waitS).toBeGreaterThanOrEqual(359);
      expect((await triedAfter(action, 24)).row.error).toMatchObject({ code: 'attempts_exhausted' });
    });

    it('is not retried after the action’s expiry', async () => {
      const expires_at = new Date(Date.now() + 60_000).toISOString();
      const action = await create('at_most_once', { outcome: 'unavailable' }, { expires_at });
      await run(action);
      await world.setAction(action.id, `expires_at = now() - interval '1 s'`);
      await letTimePass(action);
      expect(await run(action)).toMatchObject({ status: 'scheduled', attempts: 0 });
      expect((await names(action)).filter((name) => name === 'action.claimed')).toHaveLength(1);
    });
  });

  describe('a database that fails between the claim and the effect', () => {
    /** Its connection is lost at that statement, before or after the database has carried it out. */
    const losing = (name: string, isCarriedOut: boolean): Worker => {
      const { db, ...worker } = world.worker();
      const query: typeof db.query = async (statement, values) => {
        if (statement.name !== name || isCarriedOut) {
          const answer = await db.query(statement, values);
          if (statement.name !== name) return answer;
        }
        throw new Error('Connection terminated unexpectedly');
      };
      return { ...worker, db: { ...db, query } };
    };
    it.each([
      ['when the action is prepared', 'identity_find', false],
      ['when the effect is to begin', 'action_begin_effect', false],
      ['once it has written that the effect begins', 'action_begin_effect', true],
    ])('is a retry that counts nothing: %s', async (_, statement, isCarriedOut) => {
      const action = await create('at_most_once', { say: 'once' });
      for (let time = 1; time <= 6; time += 1) {
        await letTimePass(action);
        await execute(losing(statement, isCarriedOut), action.id);
        const untouched = { attempts: 0, crashes: 0, effect_started_at: null, lease_until: null };
        expect(await reread(world, action)).toMatchObject({ status: 'scheduled', ...untouched });
      }
      await letTimePass(action);
      expect(await run(action)).toMatchObject({ status: 'completed' });
      expect(effects(action)).toHaveLength(1);
    });
  });

  it('ends a run that times out: unknown once it may have started, else retried', async () => {
    const begun = await run(await create('at_most_once', { outcome: 'hang' }), { timeoutMs: 100 });
    expect(begun).toMatchObject({ status: 'failed', status_reason: 'outcome_unknown' });
    const quiet = await run(await create('at_most_once', { outcome: 'hang', begin: false }), { timeoutMs: 100 });
    expect(quiet).toMatchObject({ status: 'scheduled', effect_started_at: null });
  });

  it('fails as timed out when the last attempt also timed out without starting its effect', async () => {
    const action = await create('at_most_once', { outcome: 'hang', begin: false });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await letTimePass(action);
      await run(action, { timeoutMs: 50, attemptsMax: 2 });
    }
    expect(await reread(world, action)).toMatchObject({ status: 'failed', status_reason: 'timed_out', attempts: 2 });
  });

  it('runs nothing before it is due by the database’s clock, and returns the remaining time', async () => {
    const action = await create('at_most_once', {}, { scheduled_time: new Date(Date.now() + 60_000).toISOString() });
    const earlyMs = await execute(world.worker(), action.id);
    expect(earlyMs).toBeGreaterThan(55_000);
    expect(earlyMs).toBeLessThanOrEqual(60_100);
    expect((await reread(world, action)).status).toBe('scheduled');
  });

  it('runs only cleared actions, however many wake-ups arrive', async () => {
    const action = await create('at_most_once', {}, { require_approval: true });
    for (let wakeUp = 0; wakeUp < 3; wakeUp += 1) expect(await execute(world.worker(), action.id)).toBeUndefined();
    expect(effects(action)).toEqual([]);
    expect((await reread(world, action)).version).toBe(1);
  });

  it('runs nothing after its expiry', async () => {
    const action = await create('at_most_once', {}, { expires_at: new Date(Date.now() + 60_000).toISOString() });
    await world.setAction(action.id, "expires_at = now() - interval '1 second'");
    await execute(world.worker(), action.id);
    expect(effects(action)).toEqual([]);
  });

  it.each([
    ['params', `params = params || '{"say": "tampered"}'`],
    ['user_edits', `user_edits = '{"say": "tampered"}'`],
    ['type', `type = 'probe_transactional'`],
    ['cleared_hash', `cleared_hash = '${hashJson('forged')}'`],
  ])('does nothing when %s is not what was approved, and says so', async (_, change) => {
    const action = await create('at_most_once', { say: 'approved' }, { require_approval: true });
    await decideAction(owner, action.id, { action: 'approve' });
    await world.setAction(action.id, change);
    const row = await run(action);
    expect(row).toMatchObject({ status: 'failed', status_reason: 'approval_mismatch' });
    expect(effects(action)).toEqual([]);
  });

  it('returns to review when the identity’s config changed, but not when its password did', async () => {
    const config = { host: '127.0.0.1', port: 9, from: 'a@example.com' };
    const identity = await workspace.identity('smtp', config);
    const propose = () => create('at_most_once', { say: 'hi' }, { identity_id: identity, require_approval: true });
    const first = await propose();
    await decideAction(owner, first.id, { action: 'approve' });
    await updateIdentity(owner, identity, { credentials: { user: 'u', pass: 'p' } });
    expect(await run(first)).toMatchObject({ status: 'completed' });

    const second = await propose();
    await decideAction(owner, second.id, { action: 'edit', edits: { say: 'edited' } });
    await updateIdentity(owner, identity, { config: { ...config, from: 'other@example.com' } });
    const row = await run(second);
    expect(row).toMatchObject({ status: 'pending_approval', status_reason: 'identity_changed', approval: null });
    expect(row.params).toMatchObject({ say: 'edited' });
    expect(effects(second)).toEqual([]);
    // What the last reviewer meant is proposed again, and the next one has to have seen it.
    await expect(decideAction(owner, second.id, { action: 'approve' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('fails when the identity was disabled, and waits for a worker that can decrypt its secrets', async () => {
    const identity = await workspace.identity('smtp', { host: '127.0.0.1', port: 9, from: 'a@example.com' });
    const params = { email: 'ada@example.com', subject: 'Hi', message: 'Hi' };
    const mail = () => createAction(owner, { type: 'email_message', identity_id: identity, params });
    const first = await mail();
    await updateIdentity(owner, identity, { credentials: { user: 'u', pass: 'p' } });
    const keyless = { ...world.worker(), secrets: new Map() };
    await execute(keyless, first.id);
    expect(await reread(world, first)).toMatchObject({ status: 'scheduled', attempts: 1, effect_started_at: null });
    const second = await mail();
    await updateIdentity(owner, identity, { status: 'disabled' });
    expect(await run(second)).toMatchObject({ status: 'failed', status_reason: 'identity_unavailable' });
  });

  it.each<[string, JsonObject, string]>([
    ['sender', { from: 'new@example.com' }, 'new@example.com'],
    ['Reply-To', { reply_to: 'replies@example.com' }, 'replies@example.com'],
    ['server', { host: 'other.example.com' }, 'other.example.com:9'],
    ['port', { port: 10 }, '127.0.0.1:10'],
    ['TLS', { require_tls: false }, 'TLS where the server offers it'],
  ])(
    'renders the preview again when the identity’s %s changed before the approval, and requires another look',
    async (_, change, shown) => {
      const config = { host: '127.0.0.1', port: 9, from: 'old@example.com' };
      const identity = await workspace.identity('smtp', config);
      const action = await createAction(owner, {
        type: 'email_message',
        identity_id: identity,
        params: { email: 'ada@example.com', subject: 'Hi', message: 'Hi' },
        require_approval: true,
      });
      expect(JSON.stringify(action.preview)).not.toContain(shown);
      await updateIdentity(owner, identity, { config: { ...config, ...change } });
      await expect(decideAction(owner, action.id, { action: 'approve' })).rejects.toMatchObject({ code: 'CONFLICT' });
      const { action: now } = await getAction(owner, action.id);
      expect(JSON.stringify(now.preview)).toContain(shown);
      expect(now).toMatchObject({ status: 'pending_approval', cleared_hash: null });
      const params_hash = clearedHash(now, world.executors);
      expect((await decideAction(owner, action.id, { action: 'approve', params_hash })).status).toBe('approved');
    },
  );

  it('continues an effect that may have started although its expiry has passed: expiry limits the start', async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const action = await create('idempotent', { outcome: 'retry_unsure' }, { expires_at });
    await run(action);
    await world.setAction(action.id, "expires_at = now() - interval '1 second'");
    await letTimePass(action);
    expect(await run(action)).toMatchObject({ attempts: 2 });
  });

  it('asks, instead of repeating, once the provider has forgotten the key of an earlier attempt', async () => {
    const action = await create('idempotent', { outcome: 'retry_unsure', settles: 'not_done' });
    await run(action);
    await world.setAction(action.id, "effect_started_at = now() - interval '1 hour'");
    await letTimePass(action);
    expect(await run(action)).toMatchObject({ status: 'failed', status_reason: 'not_sent' });
    expect(effects(action)).toHaveLength(1);
  });

  it('does not let a hanging guard block an action forever', async () => {
    const row = await run(await create('at_most_once', { guard: 'hang' }), { timeoutMs: 100 });
    expect(row).toMatchObject({ status: 'scheduled', attempts: 1, lease_until: null });
  });

  it('commits a transactional effect with the completion, or neither', async () => {
    const contact = await world.db.tables.contacts.create({
      data: { id: workspace.id, workspace_id: workspace.id, email: 'ada@example.com' },
    });
    const note = () =>
      createAction(owner, {
        type: 'create_note',
        identity_id: workspace.identityId,
        params: { content: 'Called her', contact_id: contact.id },
      });
    const action = await note();
    const row = await run(action);
    expect(row.status).toBe('completed');
    const written = await world.db.tables.notes.findMany({ where: { action_id: action.id } });
    expect(written.map(({ id, content }) => [formatId('note', id), content])).toEqual([
      [row.result?.note_id, 'Called her'],
    ]);

    // The lease is lost between effect and completion: the note must not stay.
    const late = await note();
    const worker = world.worker();
    const stolen = {
      ...worker,
      db: {
        ...world.db,
        transaction: <T>(work: Parameters<typeof world.db.transaction<T>>[0]) =>
          world.db.transaction<T>(async (tx) => {
            await world.setAction(late.id, 'fence = fence + 1');
            return work(tx);
          }),
      },
    };
    await execute(stolen, late.id);
    expect(await world.db.tables.notes.count({ where: { action_id: late.id } })).toBe(0);
    expect((await reread(world, late)).status).toBe('running');
  });
});
