import { join, type Client, type Reply, useTenant } from './test-api.ts';

const save = (by: Client, name: string, more: object = {}, headers?: Record<string, string>): Promise<Reply> =>
  by.post('/v1/views', { name, filters: { type: 'create_note' }, ...more }, headers);
const names = async (by: Client): Promise<string[]> => (await by.get('/v1/views')).body.views.map(({ name }) => name);

describe('a saved view', () => {
  const { api, here } = useTenant();

  it('is its maker’s alone, or shared with everybody who may decide in the workspace', async () => {
    const there = await api.tenant();
    const ann = await join(api, here.owner, 'reviewer');
    const filters = { type: 'create_note', assignee: 'mine' };
    const { status, body } = await save(here.owner, 'Mine', { filters });
    expect([status, body.view]).toEqual([
      201,
      expect.objectContaining({ name: 'Mine', filters, shared: false, own: true }),
    ]);
    await save(here.owner, 'Ours', { shared: true });
    await save(there.owner, 'Theirs', { shared: true });
    expect(await names(here.owner)).toEqual(['Mine', 'Ours']);
    const { views } = (await ann.by.get('/v1/views')).body;
    expect(views).toEqual([expect.objectContaining({ name: 'Ours', shared: true, own: false })]);
  });

  it('is deleted by its maker; an admin also deletes a shared one, and a reviewer does not', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    const bea = await join(api, here.owner, 'reviewer');
    const idOf = async (name: string, more: object = {}) => (await save(ann.by, name, more)).body.view.view_id;
    const [own, shared] = [await idOf('Own'), await idOf('Shared', { shared: true })];
    await here.refuses('NOT_FOUND', () => here.owner.delete(`/v1/views/${own}`));
    await here.refuses('NOT_FOUND', () => bea.by.delete(`/v1/views/${shared}`));
    expect((await here.owner.delete(`/v1/views/${shared}`)).status).toBe(200);
    expect((await ann.by.delete(`/v1/views/${own}`)).status).toBe(200);
    await here.refuses('NOT_FOUND', () => ann.by.delete(`/v1/views/${own}`));
    expect(await names(ann.by)).toEqual([]);
  });

  it('has a name that no other view of its maker has, and filters that the list has', async () => {
    await save(here.owner, 'Mail');
    await here.refuses('CONFLICT', () => save(here.owner, 'Mail'));
    await here.refuses('INVALID', () => save(here.owner, 'x', { filters: { color: 'red' } }), ['filters.color']);
    const ann = await join(api, here.owner, 'reviewer');
    expect((await save(ann.by, 'Mail')).status).toBe(201);
  });

  it('is one of at most 50, also when several are saved at the same time, and one for one Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const first = await save(here.owner, 'First', {}, key);
    expect((await save(here.owner, 'First', {}, key)).text).toBe(first.text);
    for (let n = 2; n < 49; n += 1) await save(here.owner, `View ${n}`);
    const statuses = await Promise.all(['a', 'b', 'c', 'd'].map((name) => save(here.owner, name)));
    expect(statuses.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
  });

  it('ends with the membership of its maker', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    await save(ann.by, 'Hers', { shared: true });
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await names(here.owner)).toEqual([]);
  });
});
