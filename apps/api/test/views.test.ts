import {
  CONFLICT,
  expectRefusal,
  INVALID,
  join,
  NOT_FOUND,
  pathsOf,
  useApi,
  type Client,
  type Reply,
} from './test-api.ts';

const save = (by: Client, name: string, more: object = {}, headers?: Record<string, string>): Promise<Reply> =>
  by.post('/v1/views', { name, filters: { type: 'create_note' }, ...more }, headers);
const names = async (by: Client): Promise<string[]> => (await by.get('/v1/views')).body.views.map(({ name }) => name);

describe('a saved view', () => {
  const api = useApi();

  it('is its maker’s alone, or shared with everybody who may decide in the workspace', async () => {
    const [here, there] = [await api.tenant(), await api.tenant()];
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
    const here = await api.tenant();
    const ann = await join(api, here.owner, 'reviewer');
    const bea = await join(api, here.owner, 'reviewer');
    const idOf = async (name: string, more: object = {}) => (await save(ann.by, name, more)).body.view.view_id;
    const [own, shared] = [await idOf('Own'), await idOf('Shared', { shared: true })];
    await expectRefusal(api, here, NOT_FOUND, () => here.owner.delete(`/v1/views/${own}`));
    await expectRefusal(api, here, NOT_FOUND, () => bea.by.delete(`/v1/views/${shared}`));
    expect((await here.owner.delete(`/v1/views/${shared}`)).status).toBe(200);
    expect((await ann.by.delete(`/v1/views/${own}`)).status).toBe(200);
    await expectRefusal(api, here, NOT_FOUND, () => ann.by.delete(`/v1/views/${own}`));
    expect(await names(ann.by)).toEqual([]);
  });

  it('has a name that no other view of its maker has, and filters that the list has', async () => {
    const here = await api.tenant();
    await save(here.owner, 'Mail');
    await expectRefusal(api, here, CONFLICT, () => save(here.owner, 'Mail'));
    const unknown = await expectRefusal(api, here, INVALID, () => save(here.owner, 'x', { filters: { color: 'red' } }));
    expect(pathsOf(unknown)).toEqual(['filters.color']);
    const ann = await join(api, here.owner, 'reviewer');
    expect((await save(ann.by, 'Mail')).status).toBe(201);
  });

  it('is one of at most 50, also when several are saved at the same time, and one for one Idempotency-Key', async () => {
    const here = await api.tenant();
    const key = { 'Idempotency-Key': 'once' };
    const first = await save(here.owner, 'First', {}, key);
    expect((await save(here.owner, 'First', {}, key)).text).toBe(first.text);
    for (let n = 2; n < 49; n += 1) await save(here.owner, `View ${n}`);
    const statuses = await Promise.all(['a', 'b', 'c', 'd'].map((name) => save(here.owner, name)));
    expect(statuses.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
  });

  it('ends with the membership of its maker', async () => {
    const here = await api.tenant();
    const ann = await join(api, here.owner, 'reviewer');
    await save(ann.by, 'Hers', { shared: true });
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await names(here.owner)).toEqual([]);
  });
});
