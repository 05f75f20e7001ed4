import type { ActionEvent, Briefing } from '@proviso/contracts';
import {
  createAction,
  createFeed,
  execute,
  newId,
  readBriefing,
  type Context,
  type Feed,
  type Queryable,
} from '@proviso/core';
import { listen, until, type ReceivedEvent, type Listener } from '@proviso/testing';
import { get, type IncomingMessage } from 'node:http';
import { clientOf, inFuture, proposal, uuidOf, useTenant, type Tenant } from './test-api.ts';

type Message = ReceivedEvent<ActionEvent & Briefing>;
type Events = Listener<ActionEvent & Briefing>;

const EVENTS = '/v1/events';
const moves = ({ heard }: { heard: Message[] }): Message[] => heard.filter(({ event }) => event.startsWith('action.'));
const keyOf = ({ event }: ActionEvent): string => `${event.action_id} ${event.version}`;
const keys = (heard: Message[]): string[] => heard.map(({ data }) => keyOf(data));

/** As large as metadata may be: 24 KB. */
const LARGE = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'x'.repeat(480)]));

describe('GET /v1/events', () => {
  const { api, here } = useTenant();
  const open: Pick<Events, 'close'>[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  /** Another api over the same database, with a feed of its own. */
  async function another(db: Queryable = api.world.db): Promise<{ url: string; feed: Feed; stop: AbortController }> {
    const feed = createFeed(db, api.world.log);
    const stop = new AbortController();
    const streams = { ofToken: 1_000, ofWorkspace: 1_000 };
    const url = await api.another({}, { feed, stopping: stop.signal, streams });
    return { url, feed, stop };
  }

  async function hear(token: string, lastEventId?: string, url = api.url): Promise<Events> {
    const events: Events = await listen(url + EVENTS, { token, lastEventId });
    open.push(events);
    if (events.status === 200) await until('the briefing', () => events.heard.length > 0);
    return events;
  }
  const heardBy = (events: Events, count: number): Promise<unknown> =>
    until(`${count} events`, () => moves(events).length >= count);

  /** Every event of the workspace, as the database has it. */
  async function written(tenant: Tenant): Promise<string[]> {
    const { body } = await tenant.owner.get('/v1/actions', { limit: '100' });
    return body.actions.flatMap(({ action_id, version }) =>
      Array.from({ length: version }, (_, index) => `${action_id} ${index + 1}`),
    );
  }

  it('begins with a briefing of what is pending', async () => {
    const token = await here.token({});
    const none = await hear(token);
    expect(none.heard[0]).toMatchObject({
      event: 'briefing',
      data: { total: 0, by_type: {}, by_mission: {}, oldest_created_at: null },
    });
    const mission_id = newId();
    const oldest = await here.pending({ mission_id });
    await here.pending({ mission_id });
    await here.pending({ type: 'probe_at_most_once' });
    await here.propose();
    expect((await hear(token)).heard[0]?.data).toEqual({
      total: 3,
      by_type: { probe_idempotent: 2, probe_at_most_once: 1 },
      by_mission: { [mission_id]: 2 },
      oldest_created_at: oldest.created_at,
    });
  });

  it('is never cached or buffered, on its own connection', async () => {
    const { headers, status } = await hear(await here.token({}));
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
      'x-request-id': expect.any(String),
    });
  });

  it('tells every move under its name, with the log’s entry and the action', async () => {
    const events = await hear(await here.token({}));
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', comment: 'Fine.' });
    await execute(api.world.worker(), uuidOf(action_id));
    await heardBy(events, 4);
    expect(moves(events).map(({ event, data: { event: entry } }) => [event, entry.version, entry.status])).toEqual([
      ['action.created', 1, 'pending_approval'],
      ['action.approved', 2, 'approved'],
      ['action.claimed', 3, 'running'],
      ['action.completed', 4, 'completed'],
    ]);
    const { logs, ...action } = (await here.owner.get(`/v1/actions/${action_id}`)).body.action;
    for (const [index, { data }] of moves(events).entries()) {
      expect(data.event).toMatchObject({ action_id, ...logs[index] });
      expect(data.action.version).toBeGreaterThanOrEqual(data.event.version);
    }
    expect(moves(events).at(-1)?.data.action).toEqual(action);
  });

  it('is limited to its workspace', async () => {
    const there = await api.tenant();
    const [mine, theirs] = [await hear(await here.token({})), await hear(await there.token({}))];
    await here.propose();
    await there.propose();
    await Promise.all([heardBy(mine, 1), heardBy(theirs, 1)]);
    expect(keys(moves(mine))).toEqual(await written(here));
    expect(keys(moves(theirs))).toEqual(await written(there));
  });

  it.each([
    ['a viewer', { role: 'viewer', scopes: ['actions:read'] }, 200],
    ['an agent', { role: 'viewer', scopes: ['actions:read'], agent: 'bot' }, 200],
    ['a token without actions:read', { role: 'owner', scopes: ['actions:write'] }, 403],
  ] as const)('answers %s', async (_, { scopes, ...who }, status) => {
    const events = await hear(await here.token({ ...who, scopes: [...scopes] }));
    expect(events.status).toBe(status);
    if (status === 403) {
      await events.ended;
      expect(JSON.parse(events.text())).toMatchObject({ code: 'FORBIDDEN' });
      return;
    }
    await here.propose();
    await heardBy(events, 1);
  });

  it.each([
    [
      'a revoked key',
      () =>
        api.world.db.tables.api_keys.updateMany({
          where: { home_workspace_id: here.id },
          data: { revoked_at: new Date() },
        }),
    ],
    ['a member who was removed', () => api.world.db.tables.members.deleteMany({ where: { workspace_id: here.id } })],
  ])('ends for %s, and goes on for others', async (_, takeAway) => {
    const there = await api.tenant();
    const [mine, theirs] = [await hear(await here.token({})), await hear(await there.token({}))];
    await takeAway();
    const started = performance.now();
    await mine.ended;
    expect(performance.now() - started).toBeLessThan(2_500);
    await there.propose();
    await heardBy(theirs, 1);
  });

  /** What somebody hears who hangs up after every few events and goes on elsewhere. */
  async function hearInPieces(token: string, from: Events, urls: string[], total: number): Promise<Message[]> {
    const all: Message[] = [];
    let last = from.heard[0]?.id;
    for (let turn = 0; all.length < total; turn += 1) {
      const events = await hear(token, last, urls[turn % urls.length]);
      await until('more', () => moves(events).length >= Math.min(5, total - all.length), 20_000);
      events.close();
      await events.ended;
      all.push(...moves(events));
      last = events.heard.at(-1)?.id ?? last;
    }
    return all;
  }

  /** The verbs of a caller, inside an open transaction. */
  async function within<T>(ctx: Context, work: (inside: Context) => Promise<T>): Promise<T> {
    return ctx.db.transaction((tx) => work({ ...ctx, db: { ...ctx.db, ...tx } }));
  }

  it('loses no event that commits late, as a cursor over the serial number would', async () => {
    const ctx = await here.as({});
    const events = await hear(await here.token({}));
    let commit = (): void => undefined;
    let lateId = '';
    const late = within(ctx, async (inside) => {
      lateId = (await createAction(inside, proposal(here))).id;
      await new Promise<void>((go) => (commit = go));
    });
    await until('a proposal that is not committed', () => lateId);
    const { action_id } = await here.propose();
    const numbers = async () =>
      (await api.world.db.tables.action_events.findMany({
        where: { workspace_id: here.id },
        orderBy: { number: 'asc' },
        select: { action_id: true, number: true },
      })) as { action_id: string; number: bigint }[];
    const [naive] = await numbers();
    expect(naive?.action_id).toBe(uuidOf(action_id));
    commit();
    await late;
    await heardBy(events, 2);
    const [first] = await numbers();
    expect(first?.action_id).toBe(lateId);
    expect(first?.number).toBeLessThan(naive?.number ?? 0n); // behind the cursor of whoever had read the other one
    expect(keys(moves(events)).sort()).toEqual((await written(here)).sort());
  });

  it('has no gap and no repetition across reconnections to two apis with out-of-order commits', async () => {
    const ctx = await here.as({});
    const other = await another();
    const token = await here.token({});
    const hearing = hearInPieces(token, await hear(token), [api.url, other.url], 90);
    const writer = async (index: number): Promise<void> => {
      for (let round = 0; round < 15; round += 1)
        await within(ctx, async (inside) => {
          await createAction(inside, proposal(here));
          await new Promise((done) => setTimeout(done, (index * 7 + round * 13) % 40)); // another one overtakes
        });
    };
    await Promise.all(Array.from({ length: 6 }, (_, index) => writer(index)));
    const heard = keys(await hearing);
    expect(heard).toHaveLength(90);
    expect([...heard].sort()).toEqual((await written(here)).sort());
  }, 40_000);

  it('resumes after the last event, or after the briefing', async () => {
    const token = await here.token({});
    const first = await hear(token);
    first.close();
    await here.propose();
    const second = await hear(token, first.heard[0]?.id);
    await heardBy(second, 1);
    second.close();
    for (let index = 0; index < 3; index += 1) await here.propose();
    const third = await hear(token, second.heard.at(-1)?.id);
    await heardBy(third, 3);
    expect(keys([...moves(second), ...moves(third)]).sort()).toEqual((await written(here)).sort());
    expect(third.heard.map(({ event }) => event)).not.toContain('resync');
  });

  it.each(['x', '1', '-1-1', '1-1-1', `${'9'.repeat(30)}-1`, `${10n ** 17n}-1`, "1-1'"])(
    'sends resync to a client that resumes from %s, and continues',
    async (lastEventId) => {
      await here.propose();
      const events = await hear(await here.token({}), lastEventId);
      const { action_id } = await here.propose();
      const heard = (): (string | undefined)[] => moves(events).map(({ data }) => data.action.action_id);
      await until('what came after', async () => heard().includes(action_id));
      expect(events.heard.slice(0, 2).map(({ event }) => event)).toEqual(['briefing', 'resync']);
    },
  );

  it('sends resync to a client that missed too much', async () => {
    const token = await here.token({});
    const first = await hear(token);
    first.close();
    const { action_id } = await here.propose();
    await api.world.db.pool.query(
      `insert into action_events (action_id, version, workspace_id, event, status, actor, at)
       select action_id, version + n, $2, event, status, actor, at
       from action_events, generate_series(1, 100000) n where action_id = $1`,
      [uuidOf(action_id), newId()],
    );
    const events = await hear(token, first.heard[0]?.id);
    await until('resync', () => events.heard.length > 1);
    expect(events.heard.map(({ event }) => event)).toEqual(['briefing', 'resync']);
  });

  it('drops a client that reads nothing, which then loses nothing', async () => {
    const token = await here.token({});
    const { url, feed } = await another();
    const headers = { authorization: `Bearer ${token}` };
    let reply: IncomingMessage | undefined;
    const stuck = get(url + EVENTS, { headers }, (response) => {
      reply = response.on('error', () => undefined).pause();
    });
    await until('one to listen', () => feed.count() === 1 && reply);
    const later = { scheduled_time: inFuture() };
    const proposeMany = async (count: number, more: object): Promise<void> => {
      const actions = Array.from({ length: count }, () => proposal(here, { ...later, ...more }));
      expect((await here.owner.post('/v1/actions/bulk', { actions })).body.created).toBe(count);
    };
    for (let round = 0; round < 4; round += 1) await proposeMany(150, { metadata: LARGE }); // more than sockets hold
    for (let round = 0; round < 3; round += 1) await proposeMany(500, {});
    await until('it to be dropped', () => feed.count() === 0, 30_000);
    let text = '';
    reply
      ?.setEncoding('utf8')
      .on('data', (piece: string) => (text += piece))
      .resume();
    await until('the end of what was sent', () => reply?.closed, 30_000);
    stuck.destroy();
    const messages = text.split('\n\n').slice(0, -1);
    const sent = messages.flatMap(
      (message) => /^id: (.+)\nevent: action\.created\ndata: (.+)$/.exec(message)?.slice(1) ?? [],
    );
    const ids = sent.filter((_, index) => index % 2 === 0);
    const got = sent.filter((_, index) => index % 2 === 1).map((data) => keyOf(JSON.parse(data) as ActionEvent));
    expect(got.length).toBeLessThan(1_100);
    const events = await hear(token, ids.at(-1), url);
    await until('the rest', () => moves(events).length >= 2_100 - got.length, 30_000);
    const all = [...got, ...keys(moves(events))];
    expect([all.length, new Set(all).size]).toEqual([2_100, 2_100]);
  }, 120_000);

  it('buffers little for a client that is far behind, which reads each event once, by pages', async () => {
    const { caller } = await here.as({});
    const asked: string[] = [];
    const feed = createFeed(
      {
        query: async (statement, values) => {
          asked.push(statement.name);
          return api.world.db.query(statement, values);
        },
      },
      api.world.log,
    );
    const hangUp = new AbortController();
    const { now } = await readBriefing(api.world.db, here.id);
    const heard = feed.listen({ caller, after: now, now, gone: hangUp.signal });
    const first = heard.next();
    const actions = Array.from({ length: 150 }, () => proposal(here, { scheduled_time: inFuture(), metadata: LARGE }));
    for (let round = 0; round < 2; round += 1) await here.owner.post('/v1/actions/bulk', { actions });
    await until('all to be offered', async () => {
      const count = asked.length;
      await new Promise((done) => setTimeout(done, 600));
      return asked.slice(count).every((name) => name !== 'events_read_missed') && asked.length - count <= 5;
    });
    expect(asked).not.toContain('events_read_missed');
    const ids = [(await first).value?.cursor];
    while (ids.length < 300) ids.push((await heard.next()).value?.cursor);
    hangUp.abort();
    const numbers = ids.map((position) => position?.number ?? 0n);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => Number(one - other)));
    expect(asked.filter((name) => name === 'events_read_missed').length).toBeGreaterThan(5);
  }, 60_000);

  it('serialises a large action once for all events and listeners', async () => {
    const { action_id } = await here.pending();
    const id = uuidOf(action_id);
    const params = { say: 'x'.repeat(200_000) };
    await api.world.db.tables.actions.update({ where: { id }, data: { params } });
    const token = await here.token({});
    const first = await hear(token);
    first.close();
    await api.world.db.pool.query(
      `insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
       select $1, v, $2, 'action.updated', 'pending_approval', '{}', '{}', now() from generate_series(2, 60) v`,
      [id, here.id],
    );
    let rowsRead = 0;
    const { url } = await another({
      query: async (statement, values) => {
        const rows = (await api.world.db.query(statement, values)) as { action?: string | null }[];
        rowsRead += rows.filter(({ action }) => action && action.length > 100_000).length;
        return rows as never;
      },
    });
    const resumed = await hear(token, first.heard[0]?.id, url);
    await heardBy(resumed, 59);
    expect(moves(resumed).map(({ data }) => data.event.version)).toEqual(Array.from({ length: 59 }, (_, n) => n + 2));
    expect(moves(resumed).every(({ data }) => data.action.action_id === action_id)).toBe(true);
    expect(rowsRead).toBeLessThan(5);
  });

  it('names the thousand missions in the briefing that wait for most, and counts all', async () => {
    await api.world.db.pool.query(
      `insert into actions (id, workspace_id, identity_id, type, status, params, due_at, asked_at, created_by, mission_id)
       select gen_random_uuid(), $1, $2, 'probe_idempotent', 'pending_approval', '{}', now(), now(), '{}',
         ('00000000-0000-0000-0000-' || lpad((1 + g % 1200)::text, 12, '0'))::uuid
       from generate_series(0, 1999) g`,
      [here.id, here.identityId],
    );
    const [message]: { data: Briefing }[] = (await hear(await here.token({}))).heard;
    expect(message?.data).toMatchObject({ total: 2_000, by_type: { probe_idempotent: 2_000 }, truncated: true });
    const sizes = Object.values(message?.data.by_mission ?? {});
    expect([sizes.length, sizes.filter((size) => size === 2).length]).toEqual([1_000, 800]);
  });

  it('are bounded for a token, for the keys and for the people of a workspace, in both dialects together', async () => {
    const there = await api.tenant();
    const url = await api.another({}, { streams: { ofToken: 2, ofWorkspace: 3 } });
    const [key, other, person, stranger] = [
      await here.token({ key: true }),
      await here.token({ key: true }),
      await here.token({}),
      await there.token({ key: true }),
    ];
    const PENDING = `/api/pending-actions/stream?workspaceId=${here.id}`;
    const ask = async (token: string, path = EVENTS) => {
      const hangUp = new AbortController();
      const headers = { Authorization: `Bearer ${token}` };
      const reply = await fetch(url + path, { headers, signal: hangUp.signal });
      return { status: reply.status, retry: reply.headers.get('retry-after'), reply, hangUp };
    };
    const first = await ask(key);
    const second = await ask(key, PENDING);
    expect([first.status, second.status]).toEqual([200, 200]);
    const third = await ask(key, PENDING);
    expect([third.status, Number(third.retry) > 0]).toEqual([429, true]);
    expect(await third.reply.text()).toContain('Close one first');
    expect([(await ask(other)).status, (await ask(other)).status]).toEqual([200, 429]);
    expect([(await ask(person)).status, (await ask(stranger)).status]).toEqual([200, 200]);
    first.hangUp.abort();
    await until('its place to be free', async () => (await ask(other, PENDING)).status === 200);
  });

  it('costs a thousand idle listeners no more queries than one', async () => {
    const asked: string[] = [];
    const counting: Queryable = {
      query: (statement, values) => {
        asked.push(statement.name);
        return api.world.db.query(statement, values);
      },
    };
    const { url, feed } = await another(counting);
    const token = await here.token({});
    const askedIn = async (ms: number): Promise<number> => {
      asked.length = 0;
      await new Promise((done) => setTimeout(done, ms));
      return asked.length;
    };
    const first = await hear(token, undefined, url);
    const ofOne = await askedIn(2_000);
    const rest = await Promise.all(Array.from({ length: 999 }, () => listen(url + EVENTS, { token })));
    open.push(...rest);
    await until('all to listen', () => feed.count() === 1_000);
    const ofAll = await askedIn(2_000);
    expect(ofOne).toBeGreaterThan(4);
    expect(ofAll).toBeLessThanOrEqual(ofOne + 2);
    expect(new Set(asked)).toEqual(new Set(['events_read', 'token_find_active']));
    await here.propose();
    await until('all to hear of it', () => rest.every(({ heard }) => heard.length === 2), 20_000);
    for (const one of [first, ...rest]) one.close();
    await until('all to be gone', () => feed.count() === 0);
    await askedIn(500);
    expect(await askedIn(1_000)).toBe(0);
  }, 60_000);

  it('ends for a client that hangs up while it catches up', async () => {
    const hangUp = new AbortController();
    const { world } = api;
    const feed = createFeed(
      {
        query: async (statement, values) => {
          if (statement.name === 'events_read_missed') hangUp.abort();
          return world.db.query(statement, values);
        },
      },
      world.log,
    );
    const position = { transaction: 1n, number: 0n };
    const { caller } = await here.as({});
    const listening = { caller, after: position, now: { ...position, number: 1n }, gone: hangUp.signal };
    expect(await feed.listen(listening).next()).toMatchObject({ done: true });
    expect([hangUp.signal.aborted, feed.count()]).toEqual([true, 0]);
  });

  it('waits while the database is away, and goes on where it was', async () => {
    let away = false;
    const { url } = await another({
      query: (statement, values) =>
        away ? Promise.reject(new Error('Connection terminated')) : api.world.db.query(statement, values),
    });
    const events = await hear(await here.token({}), undefined, url);
    await here.propose();
    away = true;
    await here.propose();
    away = false;
    await heardBy(events, 2);
    expect(keys(moves(events)).sort()).toEqual((await written(here)).sort());
  });

  it('ends when the process is told to stop, and is over at once for a HEAD', async () => {
    const { url, stop, feed } = await another();
    const token = await here.token({});
    const head = await fetch(url + EVENTS, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
    expect([head.status, await head.text(), feed.count()]).toEqual([200, '', 0]);
    const events = await hear(token, undefined, url);
    stop.abort();
    await events.ended;
    expect(feed.count()).toBe(0);
    expect((await clientOf(url, token).get('/v1/actions')).status).toBe(200);
  });
});
