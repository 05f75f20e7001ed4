import { newId, formatId } from '@proviso/core';
import { uuidOf, inFuture, useTenant, type Reply, type ReplyBody } from './test-api.ts';
import { at, asking } from './pending-client.ts';

const { api, here } = useTenant();

const MIB = 1024 * 1024;
/** A page holds no more, and a row. */
const REPLY_BYTES_MAX = 3 * MIB;
const BY = '{"kind": "user", "id": "x", "name": "X"}';

/** What each kind of row is inserted from: $1 workspace, $2 of what, $3 characters, $4 rows. */
const INSERTS = {
  contacts: `insert into contacts (id, workspace_id, email, company_id, properties, updated_at)
    select gen_random_uuid(), $1, g || '@example.com', $2, jsonb_build_object('text', repeat('x', $3)), now()
    from generate_series(1, $4) g`,
  companies: `insert into companies (id, workspace_id, domain, properties, updated_at)
    select gen_random_uuid(), $1, g || '.example', jsonb_build_object('text', repeat('x', $3), 'of', $2::uuid), now()
    from generate_series(1, $4) g`,
  contactNotes: `insert into notes (id, workspace_id, contact_id, content, created_by)
    select gen_random_uuid(), $1, $2, repeat('x', $3), '${BY}' from generate_series(1, $4)`,
  companyNotes: `insert into notes (id, workspace_id, company_id, content, created_by)
    select gen_random_uuid(), $1, $2, repeat('x', $3), '${BY}' from generate_series(1, $4)`,
  tasks: `insert into tasks (id, workspace_id, contact_id, title, description)
    select gen_random_uuid(), $1, $2, 'Task ' || g, repeat('x', $3) from generate_series(1, $4) g`,
  threads: `insert into email_threads (id, workspace_id, contact_id, subject, last_message_id, message_count, updated_at)
    select gen_random_uuid(), $1, $2, repeat('x', $3), '<' || g || '@example.com>', 1, now() from generate_series(1, $4) g`,
  stages: `insert into lifecycle_changes (id, workspace_id, contact_id, "to", actor)
    select gen_random_uuid(), $1, $2, 'lead', jsonb_build_object('kind', 'user', 'id', g, 'name', repeat('x', $3))
    from generate_series(1, $4) g`,
  identities: `insert into identities (id, workspace_id, provider, name, config, updated_at)
    select gen_random_uuid(), $1, 'internal', 'No. ' || g, jsonb_build_object('text', repeat('x', $3), 'of', $2::uuid), now()
    from generate_series(1, $4) g`,
  tools: `insert into tools (workspace_id, name, url, input_schema, idempotent, secret)
    select $1, 'tool.' || g, 'https://example.com', jsonb_build_object('title', repeat('x', $3), 'of', $2::uuid), false, ''
    from generate_series(1, $4) g`,
  agents: `insert into agents (id, workspace_id, name, description, auto_approve_types, updated_at)
    select gen_random_uuid(), $1, 'No. ' || g, repeat('x', $3), array[$2::text], now() from generate_series(1, $4) g`,
  runs: `insert into agent_runs (id, workspace_id, agent_id, metadata, updated_at)
    select gen_random_uuid(), $1, $2, jsonb_build_object('text', repeat('x', $3), 'g', g::text), now()
    from generate_series(1, $4) g`,
};

describe('a list of large rows', () => {
  async function insert(what: keyof typeof INSERTS, of: string | null, size: [chars: number, rows: number]) {
    await api.world.db.pool.query(INSERTS[what], [here.id, of, ...size]);
  }

  /** Large actions that wait for a person. */
  const insertActions = (rows: number, more: { run?: string; contact?: string } = {}) =>
    api.world.db.pool.query(
      `insert into actions (id, workspace_id, identity_id, type, status, params, due_at, asked_at, created_at, created_by,
         run_id, contact_id)
       select gen_random_uuid(), $1, $2, 'probe_idempotent', 'pending_approval',
         jsonb_build_object('say', repeat('x', 250000)), now(), now(), now() - g / 3 * interval '1 ms', '${BY}', $4, $5
       from generate_series(1, $3) g`,
      [here.id, here.identityId, rows, more.run ?? null, more.contact ?? null],
    );

  /** All pages of a list by its cursors; each fits, and says when it ends early. */
  async function walk(path: string, rowsOf: (body: ReplyBody) => unknown[], total: number) {
    const rows: unknown[] = [];
    let pages = 0;
    let truncated = 0;
    for (let cursor: string | null | undefined; cursor !== null; pages += 1) {
      const reply = await here.owner.get(path, { limit: '100', ...(cursor && { cursor }) });
      expect([reply.status, reply.text.length < REPLY_BYTES_MAX]).toEqual([200, true]);
      const { pagination } = reply.body;
      expect(pagination.total_items).toBe(total);
      expect(Boolean(pagination.truncated)).toBe(pagination.next_cursor !== null && rowsOf(reply.body).length < 100);
      truncated += Number(pagination.truncated ?? 0);
      rows.push(...rowsOf(reply.body));
      cursor = pagination.next_cursor ?? null;
    }
    return { rows, pages, truncated };
  }

  const contactOf = async (): Promise<string> => {
    const data = { id: newId(), workspace_id: here.id, email: `${newId()}@example.com` };
    return (await api.world.db.tables.contacts.create({ data })).id;
  };
  const companyOf = async (): Promise<string> =>
    (await api.world.db.tables.companies.create({ data: { id: newId(), workspace_id: here.id, name: 'One' } })).id;

  const LISTS: [name: keyof ReplyBody, what: keyof typeof INSERTS, open: () => Promise<[string | null, string]>][] = [
    ['contacts', 'contacts', async () => [null, '/v1/contacts']],
    ['companies', 'companies', async () => [null, '/v1/companies']],
    ['identities', 'identities', async () => [null, '/v1/identities']],
    ['tools', 'tools', async () => [null, '/v1/tools']],
    ['agents', 'agents', async () => [null, '/v1/agents']],
    ['tasks', 'tasks', async () => [await contactOf(), '/v1/tasks']],
    ['tasks', 'tasks', async () => under(await contactOf(), (id) => `/v1/contacts/${id}/tasks`)],
    ['notes', 'contactNotes', async () => under(await contactOf(), (id) => `/v1/contacts/${id}/notes`)],
    ['email_threads', 'threads', async () => under(await contactOf(), (id) => `/v1/contacts/${id}/email-threads`)],
    ['lifecycle_changes', 'stages', async () => under(await contactOf(), (id) => `/v1/contacts/${id}/lifecycle`)],
    ['notes', 'companyNotes', async () => under(await companyOf(), (id) => `/v1/companies/${id}/notes`)],
    ['contacts', 'contacts', async () => under(await companyOf(), (id) => `/v1/companies/${id}/contacts`)],
    ['runs', 'runs', async () => under(await here.agentId(), (id) => `/v1/agents/${id}/runs`)],
  ];
  const under = (id: string, path: (id: string) => string): [string, string] => [id, path(id)];

  it.each(LISTS)('ends its page early and continues, with each row once: %s, %s', async (name, what, open) => {
    const [of, path] = await open();
    await insert(what, of, [250_000, 21]);
    const rowsOf = (body: ReplyBody): unknown[] => body[name] as unknown[];
    const all = (await here.owner.get(path, { limit: '1' })).body.pagination.total_items;
    const { rows, pages, truncated } = await walk(path, rowsOf, all);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(all);
    expect([rows.length, pages > 2, truncated >= 2]).toEqual([all, true, true]);
  });

  it('is one of actions too, of all, of a contact and of a run, in either order', async () => {
    const contact = await contactOf();
    const { id: run } = await api.world.db.tables.agent_runs.create({
      data: { id: newId(), workspace_id: here.id, agent_id: await here.agentId() },
    });
    await insertActions(30, { run, contact });
    const ids = ({ actions }: ReplyBody): string[] => actions.map(({ action_id }) => action_id);
    const rows = await api.world.db.tables.actions.findMany({
      where: { workspace_id: here.id },
      orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
      select: { id: true },
    });
    const newest = rows.map(({ id }) => formatId('action', id));
    for (const [path, expected] of [
      ['/v1/actions', newest],
      ['/v1/actions?sort_dir=asc', newest.toReversed()],
      [`/v1/contacts/${contact}/actions`, newest],
      [`/v1/agents/runs/${run}`, newest.toReversed()],
    ] as const) {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const query = { limit: '100', ...(cursor && { cursor }) };
        const reply = await here.owner.get(
          path + (path.includes('?') ? '&' : '?') + new URLSearchParams(query).toString(),
        );
        expect(reply.text.length).toBeLessThan(REPLY_BYTES_MAX);
        seen.push(...ids(reply.body));
        cursor = reply.body.pagination.next_cursor ?? null;
      }
      expect(seen).toEqual(expected);
    }
  });

  it('loses no row with skip either, if the client adds up the rows', async () => {
    await insertActions(30);
    const seen: string[] = [];
    let reply: Reply;
    do {
      reply = await here.owner.get('/v1/actions', { limit: '20', skip: String(seen.length) });
      seen.push(...reply.body.actions.map(({ action_id }) => action_id));
      if (seen.length < 20) expect(reply.body.pagination.truncated).toBe(true);
    } while (seen.length < reply.body.pagination.total_items);
    expect(new Set(seen).size).toBe(30);
  });

  it('is bounded in the second dialect, with pages of 50 by default', async () => {
    await insertActions(60);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = { workspace_id: here.id, limit: '1000', ...(cursor && { cursor }) };
      const { body, text } = await asking(here.owner).get('', query);
      expect([body.total, text.length < REPLY_BYTES_MAX]).toEqual([60, true]);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(60);
    await api.world.db.pool.query(`update actions set params = '{}' where workspace_id = $1`, [here.id]);
    const { body } = await asking(here.owner).get('', { workspace_id: here.id });
    expect([body.items.length, body.total, body.nextCursor]).toEqual([50, 60, expect.any(String)]);
    expect((await here.owner.get(at, { workspace_id: here.id, limit: '1000' })).body).toMatchObject({
      nextCursor: null,
    });
  });

  it('is not decided at once: the rest of a bulk is refused one by one, a batch as a whole', async () => {
    const params = { content: 'x'.repeat(60_000) };
    const mission_id = newId();
    const contact_id = await contactOf();
    const note = { type: 'create_note', params: { ...params, contact_id }, mission_id };
    const made: string[] = [];
    for (let index = 0; index < 80; index += 1) made.push((await here.pending(note)).action_id);
    const left = new Set(made);
    for (let request = 0; left.size > 0; request += 1) {
      expect(request).toBeLessThan(4);
      const action_ids = [...left];
      const { status, body } = await here.owner.post('/v1/actions/approve/bulk', { action: 'approve', action_ids });
      expect([status, body.results.length, body.processed + body.failed.length]).toEqual([
        200,
        action_ids.length,
        action_ids.length,
      ]);
      expect(body.failed.every(({ code }) => code === 'PAYLOAD_TOO_LARGE')).toBe(true);
      if (request === 0) expect(body.failed.length).toBeGreaterThan(5);
      for (const { action_id, ok } of body.results) if (ok) left.delete(action_id);
    }
    const again: string[] = [];
    for (let index = 0; index < 80; index += 1)
      again.push(uuidOf((await here.pending({ ...note, mission_id: here.id })).action_id));
    const items = again.map((pendingActionId) => ({ pendingActionId }));
    const path = `/batch/${here.id}:create_note/approve`;
    const { status, body } = await asking(here.owner).post(path, { items });
    expect([status, body.error.message]).toEqual([413, expect.stringContaining('several requests')]);
    expect((await asking(here.owner).post(path, { items: items.slice(0, 30) })).body.approved).toBe(30);
  });

  it('cannot result from many small changes of one record', async () => {
    for (const path of [`/v1/contacts/${await contactOf()}`, `/v1/companies/${await companyOf()}`]) {
      const change = (name: string) => here.owner.patch(path, { properties: { [name]: 'x'.repeat(600_000) } });
      expect((await change('one')).status).toBe(200);
      await here.refuses('INVALID', () => change('two'), ['properties']);
      expect((await here.owner.patch(path, { properties: { one: null } })).status).toBe(200);
      expect((await change('two')).status).toBe(200);
    }
  });

  it('shows a row that is larger than a page by itself', async () => {
    await insert('contacts', null, [5 * MIB, 3]);
    for (const skip of ['0', '1', '2'])
      expect((await here.owner.get('/v1/contacts', { skip })).body.contacts).toHaveLength(1);
  });
});

describe('GET /v1/actions by cursor, in other orders', () => {
  const ids = ({ body }: Reply): string[] => body.actions.map(({ action_id }) => action_id);

  it.each(['updated_at', 'scheduled_time', 'status', 'type'])('walks by %s, each once', async (sort_by) => {
    for (let index = 0; index < 4; index += 1) {
      await here.propose(index % 2 ? { scheduled_time: inFuture() } : {});
      await here.pending({ type: 'probe_at_most_once' });
    }
    for (const sort_dir of ['asc', 'desc']) {
      const whole = ids(await here.owner.get('/v1/actions', { sort_by, sort_dir }));
      expect(whole).toHaveLength(8);
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const reply = await here.owner.get('/v1/actions', { sort_by, sort_dir, limit: '3', ...(cursor && { cursor }) });
        seen.push(...ids(reply));
        cursor = reply.body.pagination.next_cursor ?? null;
      }
      expect(seen).toEqual(whole);
    }
  });

  const cursorOf = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
  it.each([
    ['of another order', cursorOf('status', 'running', newId())],
    ['without its id', cursorOf('updated_at', '2026-01-01 00:00:00+00')],
    ['with no time', cursorOf('updated_at', 'x', newId())],
    ['with a time that is none', cursorOf('updated_at', '2026-13-01 00:00:00+00', newId())],
    ['with a day that is none', cursorOf('updated_at', '2026-02-30 00:00:00+00', newId())],
    ['with an offset that is none', cursorOf('updated_at', '2026-02-03 00:00:00+99', newId())],
    ['with no id', cursorOf('updated_at', '2026-01-01 00:00:00+00', "x'")],
    ['with something else', cursorOf('updated_at', 1, newId())],
    ['that is no list', Buffer.from('{}').toString('base64url')],
  ])('refuses a cursor %s', async (_, cursor) => {
    const ask = () => here.owner.get('/v1/actions', { sort_by: 'updated_at', cursor });
    await here.refuses('INVALID', ask, ['cursor']);
  });

  it.each(['/v1/contacts', '/v1/tools', '/v1/identities'])('refuses a cursor of %s that is none', async (path) => {
    for (const query of [
      { cursor: 'x' },
      { cursor: cursorOf('name', 'a\0b') },
      { cursor: cursorOf('name', 'a'), skip: '1' },
    ])
      await here.refuses('INVALID', () => here.owner.get(path, query), ['cursor']);
  });
});

describe('GET /v1/actions/{action_id} with a long log', () => {
  it.each([
    ['many entries', 2_500, 10],
    ['large ones', 30, 250_000],
  ])('shows it in parts, oldest first, each entry once: %s', async (_, entries, chars) => {
    const { action_id } = await here.pending();
    const id = uuidOf(action_id);
    await api.world.db.pool.query(
      `insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
       select $1, v, $2, 'action.updated', 'pending_approval', '${BY}',
         jsonb_build_object('v', v, 'text', repeat('x', $4)), now() from generate_series(2, $3) v`,
      [id, here.id, entries, chars],
    );
    await api.world.db.tables.actions.update({ where: { id }, data: { version: entries } });
    const seen: unknown[] = [];
    let parts = 0;
    for (let logs_cursor: string | undefined = ''; logs_cursor !== undefined; parts += 1) {
      const { text, body } = await here.owner.get(`/v1/actions/${action_id}`, logs_cursor ? { logs_cursor } : {});
      expect([text.length < REPLY_BYTES_MAX, body.action.version]).toEqual([true, entries]);
      seen.push(...body.action.logs.map(({ data }) => data.v ?? 1));
      logs_cursor = body.action.logs_next_cursor;
    }
    expect(parts).toBeGreaterThan(2);
    expect(seen).toEqual(Array.from({ length: entries }, (__, index) => index + 1));
    const ask = () => here.owner.get(`/v1/actions/${action_id}`, { logs_cursor: 'x' });
    await here.refuses('INVALID', ask, ['logs_cursor']);
  });
});
