import { execute, newId, formatId, openDatabase, type Database } from '@proviso/core';
import { effectsOf } from '@proviso/testing';
import { uuidOf, useTenant, type Reply, type Tenant, clientOf, startTestApi, type Client } from './test-api.ts';
import { asking } from './pending-client.ts';

const { api, here } = useTenant();
const ids = ({ body }: Reply): string[] => body.actions.map(({ action_id }) => action_id);

describe('GET /v1/actions', () => {
  const list = (tenant: Tenant, query: Record<string, string> = {}): Promise<Reply> =>
    tenant.owner.get('/v1/actions', query);

  it('lists the newest first, 20 by default, with the total', async () => {
    const made: string[] = [];
    for (let index = 0; index < 22; index++) made.unshift((await here.propose()).action_id);
    const first = await list(here);
    expect(first.body.pagination).toMatchObject({ total_items: 22, limit: 20, skip: 0 });
    expect(ids(first)).toEqual(made.slice(0, 20));
    const rest = await list(here, { skip: '20', limit: '5' });
    expect(rest.body.pagination).toEqual({ total_items: 22, limit: 5, skip: 20, next_cursor: null });
    expect(ids(rest)).toEqual(made.slice(20));
    expect(ids(await list(here, { limit: '100' }))).toEqual(made);
    expect(ids(await list(here, { skip: '1000000' }))).toEqual([]);
  });

  it('shows an action as GET one does, without its log', async () => {
    const { action_id } = await here.pending({ metadata: { a: 'b' } });
    const [shown] = (await list(here)).body.actions;
    const { logs, ...one } = (await here.owner.get(`/v1/actions/${action_id}`)).body.action;
    expect(shown).toEqual(one);
    expect(logs).toHaveLength(1);
  });

  it('shows what changed since it was last asked, also without a new version, and sends only those rows again', async () => {
    const identity = await here.identity('internal');
    const { action_id } = await here.pending({ identity_id: identity });
    await here.pending();
    const write = (sql: string, ...values: string[]) => api.world.db.pool.query(sql, values);
    const id = uuidOf(action_id);
    const changes: (() => Promise<unknown>)[] = [
      () => write(`update actions set error = '{"code": "INTERNAL", "message": "x"}' where id = $1`, id),
      () => write('update actions set effect_started_at = now() where id = $1', id),
      () => write('update actions set effect_started_at = null where id = $1', id),
      () => write('update identities set config_version = config_version + 1 where id = $1', uuidOf(identity)),
      () => here.owner.patch(`/v1/actions/${action_id}`, { description: 'new' }),
      () => here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'reject' }),
    ];
    const queries = jest.spyOn(api.world.db, 'query');
    for (const change of changes) {
      await list(here);
      await change();
      queries.mockClear();
      const { actions } = (await list(here)).body;
      const rows = (await Promise.all(queries.mock.results.map(({ value }) => value))).flat();
      expect(rows.filter(({ row }) => row !== undefined && row !== null)).toHaveLength(1);
      for (const shown of actions) {
        const { logs: _, ...one } = (await here.owner.get(`/v1/actions/${shown.action_id}`)).body.action;
        expect(shown).toEqual(one);
      }
    }
  });

  describe('filters', () => {
    /** Two actions that differ in everything that can be asked for. */
    async function pair() {
      const { tables } = api.world.db;
      const contact = newId();
      const company = newId();
      await tables.contacts.create({ data: { id: contact, workspace_id: here.id, email: 'a@example.com' } });
      await tables.companies.create({ data: { id: company, workspace_id: here.id, domain: 'example.com' } });
      const agent = await here.client({ agent: 'bot' });
      const identity = await here.identity('internal');
      const note = (about: object) => ({ type: 'create_note', params: { content: 'c', ...about } });
      const wanted = await here.propose(
        {
          ...note({ contact_id: contact }),
          identity_id: identity,
          list_id: 'l',
          item_id: 'i',
        },
        agent,
      );
      const other = await here.propose({ ...note({ company_id: company }), list_id: 'm' });
      const run = newId();
      await api.world.db.pool.query('update actions set run_id = $2 where id = $1', [uuidOf(wanted.action_id), run]);
      await here.owner.patch(`/v1/actions/${other.action_id}`, { require_approval: true });
      const agentId = await here.agentId('bot');
      return { wanted: wanted.action_id, other: other.action_id, contact, company, identity, agentId, run };
    }

    type Pair = Awaited<ReturnType<typeof pair>>;
    it.each<[string, (of: Pair) => Record<string, string>]>([
      ['list_id', () => ({ list_id: 'l' })],
      ['item_id', () => ({ item_id: 'i' })],
      ['identity_id', ({ identity }) => ({ identity_id: identity })],
      ['identity_id as it is shown', ({ identity }) => ({ identity_id: formatId('identity', identity) })],
      ['contact_id', ({ contact }) => ({ contact_id: contact })],
      ['agent_id', ({ agentId }) => ({ agent_id: formatId('agent', agentId) })],
      ['run_id', ({ run }) => ({ run_id: formatId('run', run) })],
      [
        'several at once',
        ({ contact }) => ({ contact_id: contact, list_id: 'l', status: 'pending_approval', type: 'create_note' }),
      ],
    ])('by %s', async (_, query) => {
      const of = await pair();
      const reply = await list(here, query(of));
      expect(ids(reply)).toEqual([of.wanted]);
      expect(reply.body.pagination.total_items).toBe(1);
    });

    it('by company_id and status_reason', async () => {
      const of = await pair();
      expect(ids(await list(here, { company_id: of.company }))).toEqual([of.other]);
      expect(ids(await list(here, { status_reason: 'recalled' }))).toEqual([of.other]);
    });

    it('finds nothing where two of them exclude each other', async () => {
      const of = await pair();
      const { body } = await list(here, { contact_id: of.contact, company_id: of.company });
      expect(body).toMatchObject({ actions: [], pagination: { total_items: 0 } });
    });

    it('by one or several statuses and types', async () => {
      const a = (await here.pending()).action_id;
      const b = (await here.propose({ type: 'probe_transactional' })).action_id;
      const c = (await here.pending({ type: 'probe_at_most_once' })).action_id;
      await here.owner.post(`/v1/actions/${c}/reject`);
      expect(ids(await list(here, { status: 'rejected' }))).toEqual([c]);
      expect(ids(await list(here, { status: 'rejected,pending_approval' }))).toEqual([c, a]);
      expect(ids(await list(here, { type: 'probe_transactional' }))).toEqual([b]);
      expect(ids(await list(here, { type: 'probe_transactional,probe_idempotent' }))).toEqual([b, a]);
      expect(ids(await list(here, { type: 'probe_idempotent', status: 'rejected' }))).toEqual([]);
    });

    it('never shows actions of another workspace, even by id', async () => {
      const { wanted, identity, contact } = await pair();
      const there = await api.tenant();
      for (const query of [{}, { identity_id: identity }, { contact_id: contact }, { list_id: 'l' }])
        expect(ids(await list(there, query))).not.toContain(wanted);
    });
  });

  it.each(['created_at', 'updated_at', 'scheduled_time', 'status', 'type'])(
    'sorts by %s in both directions, with every row once',
    async (sort_by) => {
      const types = ['probe_transactional', 'probe_idempotent', 'probe_idempotent', 'probe_at_most_once'];
      for (const [index, type] of types.entries()) {
        const scheduled_time = `21${30 - index}-01-01T00:00:00Z`;
        await here.propose({ type, scheduled_time, require_approval: index === 2 });
      }
      const up = await list(here, { sort_by, sort_dir: 'asc' });
      const values = up.body.actions.map((action) => action[sort_by as 'type']);
      expect(values).toEqual([...values].sort());
      expect(ids(await list(here, { sort_by }))).toEqual([...ids(up)].reverse());
      const pages = [];
      for (let skip = 0; skip < 4; skip++)
        pages.push(...ids(await list(here, { sort_by, sort_dir: 'asc', limit: '1', skip: `${skip}` })));
      expect(pages).toEqual(ids(up));
    },
  );

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['limit=0x10', 'limit'],
    ['skip=-1', 'skip'],
    ['skip=', 'skip'],
    ['skip=99999999999999999999', 'skip'],
    ['sort_by=params', 'sort_by'],
    ['sort_by=created_at,id', 'sort_by'],
    ['sort_dir=up', 'sort_dir'],
    ['status=done', 'status.0'],
    ['status=pending_approval,done', 'status.1'],
    ['status=', 'status.0'],
    ['status_reason=because', 'status_reason'],
    ['type=', 'type.0'],
    ['contact_id=nobody', 'contact_id'],
    ['identity_id=act_01h455vb4pex5vsknk084sn02q', 'identity_id'],
    ['list_id=%00', 'list_id'],
    ['list_id=a&list_id=b', 'list_id'],
    ['limit=5&limit=5', 'limit'],
    ['colour=red', 'colour'],
    ['workspace_id=00000000-0000-0000-0000-000000000000', 'workspace_id'],
  ])('refuses ?%s', async (query, path) => {
    await here.refuses('INVALID', () => here.owner.get(`/v1/actions?${query}`), [path]);
  });

  it('counts up to ten thousand and then reports that there are more', async () => {
    const { action_id } = await here.propose();
    const copies = `insert into actions select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid()))).*
       from actions a, generate_series(1, $2) where a.id = $1`;
    for (const count of [2_500, 2_500, 2_500, 2_499]) await api.world.db.pool.query(copies, [uuidOf(action_id), count]);
    expect((await list(here, { limit: '1' })).body.pagination).toEqual({
      total_items: 10_000,
      limit: 1,
      skip: 0,
      next_cursor: expect.any(String),
    });
    await api.world.db.pool.query(copies, [uuidOf(action_id), 1]);
    expect((await list(here, { limit: '1' })).body.pagination).toEqual({
      total_items: 10_000,
      total_is_estimate: true,
      limit: 1,
      skip: 0,
      next_cursor: expect.any(String),
    });
  });
});

describe('GET /v1/actions/{action_id}', () => {
  it('shows the action with its log, oldest first, and its version as an ETag', async () => {
    const { action_id } = await here.pending();
    await here.owner.patch(`/v1/actions/${action_id}`, { description: 'd' });
    await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', comment: 'c' });
    await execute(api.world.worker(), uuidOf(action_id));
    const { body, headers } = await here.owner.get(`/v1/actions/${action_id}`);
    expect(body.action).toMatchObject({ action_id, status: 'completed', result: { said: 'hello' }, attempts: 1 });
    expect(body.action.logs.map(({ event }) => event)).toEqual([
      'action.created',
      'action.updated',
      'action.approved',
      'action.claimed',
      'action.completed',
    ]);
    expect(body.action.logs.map(({ actor }) => actor.kind)).toEqual(['member', 'member', 'member', 'system', 'system']);
    const times = body.action.logs.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(headers.etag).toBe('"v5"');
    expect(body.action.version).toBe(5);
    expect(effectsOf(action_id)).toHaveLength(1);
  });

  it('accepts both forms of the id', async () => {
    const { action_id } = await here.propose();
    const { body } = await here.owner.get(`/v1/actions/${uuidOf(action_id).toUpperCase()}`);
    expect(body.action.action_id).toBe(action_id);
  });

  it('returns stored JSON unchanged, with its keys in their case', async () => {
    const properties = {
      camelCase: 1,
      snake_case: [null, true, -0.5],
      Ünïcode: '🎉',
      '': {},
      toString: 'x',
      constructor: { a: 1 },
    };
    const { body } = await here.owner.post('/v1/contacts', { email: 'a@example.com', properties });
    const read = await here.owner.get(`/v1/contacts/${body.contact.contact_id}`);
    expect(read.body.contact.properties).toEqual(properties);
  });

  it.each(['?limit=1', '?action_id=x', '?wait'])('refuses an unknown query field: %s', async (query) => {
    const { action_id } = await here.propose();
    await here.refuses('INVALID', () => here.owner.get(`/v1/actions/${action_id}${query}`), [
      /\w+/.exec(query)?.[0] ?? '',
    ]);
  });

  it('lets a viewer read', async () => {
    const { action_id } = await here.propose();
    const viewer = await here.client({ role: 'viewer' });
    expect((await viewer.get(`/v1/actions/${action_id}`)).status).toBe(200);
    expect((await viewer.get('/v1/actions')).body.pagination.total_items).toBe(1);
  });
});

describe('GET /v1/actions by cursor', () => {
  const page = (tenant: Tenant, query: Record<string, string>): Promise<Reply> =>
    tenant.owner.get('/v1/actions', query);
  const made = async (tenant: Tenant, count: number): Promise<string[]> => {
    const all: string[] = [];
    for (let index = 0; index < count; index++) all.push((await tenant.propose()).action_id);
    return all;
  };
  /** Every page to the last, with what happens between two of them. */
  async function walk(query: Record<string, string>, between = async () => {}): Promise<string[]> {
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; await between()) {
      const reply = await page(here, { limit: '2', ...query, ...(cursor && { cursor }) });
      expect([reply.status, reply.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
      seen.push(...ids(reply));
      cursor = reply.body.pagination.next_cursor ?? null;
    }
    return seen;
  }

  it.each([
    ['desc', 5],
    ['asc', 5],
    ['desc', 4],
    ['desc', 0],
  ])('walks %s through %i, each once', async (sort_dir, count) => {
    const all = await made(here, count);
    expect(await walk({ sort_dir })).toEqual(sort_dir === 'asc' ? all : [...all].reverse());
  });

  it('counts what it shows: rows and total are from the same moment, in both dialects', async () => {
    for (let index = 0; index < 5; index++) await here.pending({ list_id: 'L', session_id: 'S' });
    const move = () =>
      api.world.db.pool.query(
        `update actions set list_id = case when list_id is null then 'L' end,
           session_id = case when session_id is null then 'S' end where workspace_id = $1`,
        [here.id],
      );
    const moving = new AbortController();
    const moved = (async () => {
      while (!moving.signal.aborted) await move();
    })();
    const counts = new Set<string>();
    try {
      for (let round = 0; round < 60; round++) {
        const { body } = await page(here, { list_id: 'L' });
        expect(body.pagination.total_items).toBe(body.actions.length);
        const other = (await asking(here.owner).get('', { workspace_id: here.id, session_id: 'S' })).body;
        expect(other.total).toBe(other.items.length);
        counts.add(`${body.actions.length}`);
      }
    } finally {
      moving.abort();
      await moved;
    }
    expect([...counts].toSorted()).toEqual(['0', '5']);
  });

  it('neither repeats nor misses a row while others are written', async () => {
    const all = await made(here, 7);
    const seen = await walk({}, async () => void (await here.propose()));
    expect(seen).toEqual([...all].reverse());
  });

  it('continues after a row that no longer matches the filter', async () => {
    const all: string[] = [];
    for (let index = 0; index < 6; index++) all.unshift((await here.pending()).action_id);
    const first = await page(here, { status: 'pending_approval', limit: '2' });
    for (const id of ids(first)) await here.owner.post(`/v1/actions/${id}/reject`);
    const cursor = first.body.pagination.next_cursor ?? '';
    expect(ids(await page(here, { status: 'pending_approval', cursor }))).toEqual(all.slice(2));
  });

  it('distinguishes rows of the same millisecond and the same moment', async () => {
    const all = await made(here, 9);
    const at = ['00.123000', '00.123000', '00.123001', '00.123001', '00.123999', '00.123999', '00.124000', '00.122999'];
    for (const [index, second] of at.entries())
      await api.world.db.pool.query('update actions set created_at = $2 where id = $1', [
        uuidOf(all[index] ?? ''),
        `2026-01-01T00:00:${second}Z`,
      ]);
    for (const sort_dir of ['asc', 'desc']) {
      const whole = ids(await page(here, { sort_dir, limit: '100' }));
      for (const limit of ['1', '2', '3']) expect(await walk({ sort_dir, limit })).toEqual(whole);
    }
  });

  it.each([
    ['in another order', { sort_by: 'updated_at' }],
    ['beside skip', { skip: '1' }],
    ['that is none', { cursor: 'nonsense' }],
    ['of nothing', { cursor: Buffer.alloc(16, 1).toString('base64url') }],
  ])('refuses a cursor %s', async (_, query) => {
    await made(here, 2);
    const cursor = (await page(here, { limit: '1' })).body.pagination.next_cursor ?? '';
    await here.refuses('INVALID', () => page(here, { cursor, ...query }), ['cursor']);
  });

  it('refuses another workspace’s cursor', async () => {
    const there = await api.tenant();
    await made(there, 2);
    const cursor = (await page(there, { limit: '1' })).body.pagination.next_cursor ?? '';
    await here.refuses('INVALID', () => page(here, { cursor }));
  });
});

describe('GET /v1/actions at 100 000 rows', () => {
  let office: Tenant;
  let db: Database;
  let by: Client;
  let close: () => Promise<void>;
  const asked: { text: string; values: unknown[] }[] = [];
  const things = Array.from({ length: 50 }, newId);
  const identities: string[] = [];

  beforeAll(async () => {
    office = await api.tenant();
    for (let index = 0; index < 10; index++) identities.push(await office.identity('internal'));
    const copies = `
      insert into actions (id, workspace_id, identity_id, params, due_at, created_at, created_by, type, status,
        asked_at, completed_at, status_reason, list_id, item_id, contact_id, company_id, agent_id, run_id)
      select gen_random_uuid(), $1, ($2::uuid[])[1 + g % 10], '{}', now(), now() - g * interval '1 s', '{}',
        'type_' || g % 20, (array['pending_approval', 'rejected', 'cancelled', 'completed', 'failed'])[1 + g % 5],
        now(), case when g % 5 > 0 then now() end, case when g % 100 = 0 then 'expired' end,
        case when g % 3 = 0 then 'list_' || g % 50 end, case when g % 3 = 1 then 'item_' || g % 50 end,
        case when g % 2 = 0 then ($3::uuid[])[1 + g % 50] end, case when g % 2 = 1 then ($3::uuid[])[1 + g % 50] end,
        case when g % 4 = 0 then ($3::uuid[])[1 + g % 50] end, case when g % 4 = 1 then ($3::uuid[])[1 + g % 50] end
      from generate_series($4::int, $5::int) g`;
    for (let from = 1; from < 100_000; from += 10_000)
      await api.world.db.pool.query(copies, [office.id, identities, things, from, from + 9_999]);
    await api.world.db.pool.query('analyze actions');
    db = openDatabase({ url: api.world.databaseUrl, poolMax: 4 });
    db.pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      client.query = ((...args: unknown[]) => {
        const [first] = args as [{ text: string; values?: unknown[] }];
        if (/from (?:"public"\.)?"?actions"? t/i.test(first.text))
          asked.push({ text: first.text, values: first.values ?? [] });
        return query(...args);
      }) as never;
    });
    const listening = await startTestApi({ ...api.world, db });
    close = listening.close;
    by = clientOf(listening.url, await office.token({}));
  }, 120_000);
  afterAll(async () => {
    await close();
    await db.close();
  });

  const filters: [string, () => Record<string, string>][] = [
    ['nothing', () => ({})],
    ['status', () => ({ status: 'pending_approval' })],
    ['a status that none has', () => ({ status: 'running' })],
    ['several statuses', () => ({ status: 'completed,failed' })],
    ['status_reason', () => ({ status_reason: 'expired' })],
    ['type', () => ({ type: 'type_7' })],
    ['several types', () => ({ type: 'type_7,type_8,nonsense' })],
    ['list_id', () => ({ list_id: 'list_3' })],
    ['item_id', () => ({ item_id: 'item_4' })],
    ['identity_id', () => ({ identity_id: identities[3] ?? '' })],
    ['contact_id', () => ({ contact_id: things[4] ?? '' })],
    ['company_id', () => ({ company_id: things[5] ?? '' })],
    ['agent_id', () => ({ agent_id: things[4] ?? '' })],
    ['run_id', () => ({ run_id: things[5] ?? '' })],
    ['two at once', () => ({ type: 'type_4', status: 'failed' })],
  ];

  it.each(filters)('answers from an index, by %s', async (_, query) => {
    for (const more of [{}, { sort_dir: 'asc' }, { skip: '40' }]) {
      asked.length = 0;
      const first = await by.get('/v1/actions', { ...query(), ...more });
      expect(first.status).toBe(200);
      const cursor = first.body.pagination.next_cursor;
      if (cursor && !('skip' in more)) await by.get('/v1/actions', { ...query(), ...more, cursor });
      expect(asked.length).toBeGreaterThanOrEqual(1); // the page and its count are one statement
      for (const { text, values } of asked) {
        const { rows } = await api.world.db.pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect(`${text}\n${plan}`).not.toMatch(/Seq Scan on actions/);
      }
    }
  });

  it('reads a late page as fast as the first one', async () => {
    const far = await by.get('/v1/actions', { skip: '90000', limit: '1' });
    const cursor = far.body.pagination.next_cursor ?? '';
    asked.length = 0;
    expect((await by.get('/v1/actions', { cursor, limit: '10' })).body.actions).toHaveLength(10);
    const page = asked.find(({ text }) => /with recursive known/i.test(text));
    const { rows } = await api.world.db.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, buffers, format json) ${page?.text}`,
      page?.values,
    );
    const found = nodesOf(rows[0]?.['QUERY PLAN'][0].Plan).find((node) => node['Subplan Name'] === 'CTE found');
    expect(found?.['Shared Hit Blocks']).toBeLessThan(500); // the count beside it reads what it reads on every page
  });
});

interface PlanNode {
  'Shared Hit Blocks': number;
  'Subplan Name'?: string;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode | undefined): PlanNode[] =>
  node ? [node, ...(node.Plans ?? []).flatMap(nodesOf)] : [];
