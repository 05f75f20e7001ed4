import { newId, openDatabase, type Database } from '@proviso/core';
import { clientOf, startTestApi, useApi, uuidOf, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';
import { asking } from './pending-client.ts';

const ids = ({ body }: Reply): string[] => body.actions.map(({ action_id }) => action_id);

describe('GET /v1/actions by cursor', () => {
  const { api, here } = useTenant();
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
  const api = useApi();
  let here: Tenant;
  let db: Database;
  let by: Client;
  let close: () => Promise<void>;
  const asked: { text: string; values: unknown[] }[] = [];
  const things = Array.from({ length: 50 }, newId);
  const identities: string[] = [];

  beforeAll(async () => {
    here = await api.tenant();
    for (let index = 0; index < 10; index++) identities.push(await here.identity('internal'));
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
      await api.world.db.pool.query(copies, [here.id, identities, things, from, from + 9_999]);
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
    by = clientOf(listening.url, await here.token({}));
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
