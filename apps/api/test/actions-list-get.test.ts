import { execute, newId, formatId } from '@proviso/core';
import { effectsOf } from '@proviso/testing';
import { uuidOf, useTenant, type Reply, type Tenant } from './test-api.ts';

const { api, here } = useTenant();

describe('GET /v1/actions', () => {
  const list = (tenant: Tenant, query: Record<string, string> = {}): Promise<Reply> =>
    tenant.owner.get('/v1/actions', query);
  const ids = ({ body }: Reply): string[] => body.actions.map(({ action_id }) => action_id);

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
