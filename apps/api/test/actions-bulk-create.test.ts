import { clientOf, holdings, proposal, useTenant, type Client, type Reply } from './test-api.ts';

describe('POST /v1/actions/bulk', () => {
  const { api, here } = useTenant();
  const bulk = (by: Client, actions: unknown[]): Promise<Reply> => by.post('/v1/actions/bulk', { actions });
  const past = '2020-01-01T00:00:00Z';

  /** What the api says to the database while `work` calls it. */
  async function statementsOf(work: (by: Client) => Promise<unknown>): Promise<string[]> {
    const db = api.database({ poolMax: 8 });
    const statements: string[] = [];
    db.pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      client.query = ((...args: unknown[]) => {
        const [first] = args as [string | { text: string }];
        statements.push(typeof first === 'string' ? first : first.text);
        return query(...args);
      }) as never;
    });
    await work(clientOf(await api.another({ db }), await here.token({})));
    return statements;
  }

  it('creates each action with its event, in the order of the request', async () => {
    const items = ['a', 'b', 'c'].map((say) => proposal(here, { params: { say }, require_approval: say === 'b' }));
    const { status, body } = await bulk(here.owner, items);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', created: 3, failed: [] });
    expect(body.results.map(({ index, status: of }) => [index, of])).toEqual([
      [0, 'scheduled'],
      [1, 'pending_approval'],
      [2, 'scheduled'],
    ]);
    for (const [index, say] of ['a', 'b', 'c'].entries()) {
      const { row, trail, last } = await api.recorded(body.results[index]?.action_id ?? '');
      expect(row).toMatchObject({ params: expect.objectContaining({ say }), version: 1 });
      expect(trail).toEqual(['action.created']);
      expect(last).toMatchObject({ data: { via: 'api' }, status: row.status });
    }
    const listed = (await here.owner.get('/v1/actions', { sort_dir: 'asc' })).body.actions;
    expect(listed.map(({ action_id }) => action_id)).toEqual(body.results.map(({ action_id }) => action_id));
  });

  it('creates the same row as a single create', async () => {
    const { body: contact } = await here.owner.post('/v1/contacts', { email: 'ann@example.com' });
    const item = {
      type: 'create_note',
      identity_id: here.identityId,
      params: { content: 'c', contact_id: contact.contact.contact_id },
      metadata: { a: 'b' },
      list_id: 'l',
      description: 'd',
    };
    const one = (await here.owner.post('/v1/actions', item)).body.action;
    const [result] = (await bulk(here.owner, [item])).body.results;
    const { logs, ...same } = (await here.owner.get(`/v1/actions/${result?.action_id}`)).body.action;
    expect(logs).toHaveLength(1);
    const fresh = { action_id: '', created_at: '', updated_at: '', due_at: '' };
    expect({ ...same, ...fresh }).toEqual({ ...one, ...fresh });
  });

  it('creates 990 of 1000 and lists the 10 invalid ones with reasons, in few statements per hundred', async () => {
    const disabled = await here.identity('internal');
    await here.owner.patch(`/v1/identities/${disabled}`, { status: 'disabled' });
    const { body: known } = await here.owner.post('/v1/contacts', { email: 'ann@example.com' });
    const about = known.contact.contact_id;
    const note = (index: number) => ({
      type: 'create_note',
      identity_id: here.identityId,
      params: { content: `${index}`, contact_id: about },
    });
    const mail = (index: number) => ({
      type: 'email_message',
      identity_id: 'smtp',
      params: { email: `${index}@example.com`, subject: 's', message: 'm' },
    });
    const tool = { name: 'shop.refund', url: 'https://tools.example.com', input_schema: {} };
    await here.owner.post('/v1/tools', tool);
    const refund = proposal(here, { type: tool.name });
    const smtp = await here.identity('smtp', { host: 'h', port: 25, from: 'a@example.com' });
    const items: unknown[] = Array.from(
      { length: 1000 },
      (_, index) => [proposal(here), note(index), { ...mail(index), identity_id: smtp }, refund][index % 4],
    );
    const bad: [unknown, string][] = [
      [null, ''],
      ['x', ''],
      [{}, 'type'],
      [proposal(here, { type: 'no_such_type' }), 'type'],
      [proposal(here, { identity_id: disabled }), 'identity_id'],
      [proposal(here, { params: { nonsense: 1 } }), 'params.nonsense'],
      [proposal(here, { no_such_field: 1 }), 'no_such_field'],
      [proposal(here, { expires_at: past }), 'expires_at'],
      [{ ...note(1), params: { content: 'c', contact_id: here.id } }, 'params.contact_id'],
      [proposal(here, { direct: true, scheduled_time: '2100-01-01T00:00:00Z' }), 'direct'],
    ];
    for (const [index, [item]] of bad.entries()) items[index * 97] = item;

    let reply: Reply | undefined;
    const many = await statementsOf(async (by) => {
      reply = await bulk(by, items);
    });
    expect(reply?.body).toMatchObject({ status: 'success', created: 990 });
    expect(reply?.body.failed.map(({ index, code, details }) => [index, code, details[0]?.path])).toEqual(
      bad.map(([, path], index) => [index * 97, 'INVALID', path]),
    );
    for (const { error } of reply?.body.failed ?? []) expect(error).toMatch(/\S/);
    expect(reply?.body.results.map(({ index }) => index)).toEqual(items.map((_, index) => index));
    expect(await api.world.db.tables.actions.count({ where: { workspace_id: here.id } })).toBe(990);
    expect(await api.world.db.tables.action_events.count({ where: { workspace_id: here.id } })).toBe(990);

    const few = await statementsOf((by) =>
      bulk(by, [
        proposal(here),
        note(1),
        { ...mail(1), identity_id: smtp },
        refund,
        proposal(here, { type: 'no_such_type' }),
      ]),
    );
    expect(few.length).toBeLessThanOrEqual(15);
    expect(many.length).toBeLessThanOrEqual(10 * few.length);
  }, 30_000);

  it('looks up a workspace’s tools once per hundred, however many types are unknown', async () => {
    const items = Array.from({ length: 200 }, (_, index) => proposal(here, { type: `no_such_type_${index}` }));
    const statements = await statementsOf((by) => bulk(by, items));
    expect(statements.filter((text) => text.includes('from tools'))).toHaveLength(4);
  });

  it('creates none and says why when all are invalid', async () => {
    const before = await holdings(api.world, here);
    const foreign = proposal(await api.tenant()); // with another workspace's identity
    const { status, body } = await bulk(here.owner, [proposal(here, { expires_at: past }), 7, foreign]);
    expect([status, body.created]).toEqual([200, 0]);
    expect(body.failed.map(({ details }) => details[0]?.path)).toEqual(['expires_at', '', 'identity_id']);
    expect(await holdings(api.world, here)).toEqual(before);
  });

  it('applies an agent’s settings to its proposals', async () => {
    const bot = await here.client({ agent: 'bot' });
    const where = { workspace_id: here.id };
    await api.world.db.tables.agents.updateMany({ where, data: { auto_approve_types: ['probe_transactional'] } });
    const { body } = await bulk(bot, [proposal(here), proposal(here, { type: 'probe_transactional' })]);
    expect(body.results.map(({ status }) => status)).toEqual(['pending_approval', 'auto_approved']);
  });

  it.each([
    ['none', {}, 'actions'],
    ['an empty list', { actions: [] }, 'actions'],
    ['1001', { actions: Array.from({ length: 1001 }, () => ({})) }, 'actions'],
    ['an unknown field', { actions: [{}], dry_run: true }, 'dry_run'],
  ])('refuses %s', async (_, body, path) => {
    await here.refuses('INVALID', () => here.owner.post('/v1/actions/bulk', body), [path]);
  });

  it('accepts a body of 4 MiB but no item with more than 256 KiB of params', async () => {
    const large = proposal(here, { params: { say: 'x'.repeat(300_000) } });
    const text = JSON.stringify({ actions: [large, proposal(here)] }).padEnd(4 * 1024 * 1024);
    const { body } = await here.owner.raw('post', '/v1/actions/bulk', text);
    expect(body.created).toBe(1);
    expect(body.failed.map(({ index, details }) => [index, details[0]?.path])).toEqual([[0, 'params']]);
  });
});
