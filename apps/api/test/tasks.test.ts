import { newId, parseId, formatId } from '@proviso/core';
import { addTask, expectRefusal, FORBIDDEN, INVALID, NOT_FOUND, pathsOf, UNAUTHENTICATED, useApi } from './test-api.ts';
import type { Client } from './test-api.ts';

describe('tasks', () => {
  const api = useApi();

  it('are listed for the workspace and for a contact, done or not', async () => {
    const [here, there] = [await api.tenant(), await api.tenant()];
    const { body } = await here.owner.post('/v1/contacts', { email: 'ann@example.com' });
    const { contact_id } = body.contact;
    const due_date = new Date('2026-12-01');
    const one = await addTask(api.world, here, { contact_id: parseId('contact', contact_id), due_date });
    const two = await addTask(api.world, here, { title: 'Two', completed_at: new Date() });
    await addTask(api.world, there);
    const all = await here.owner.get('/v1/tasks');
    expect(all.body.tasks.map(({ task_id }) => task_id)).toEqual([two, one]);
    expect(all.body.pagination).toEqual({ total_items: 2, limit: 20, skip: 0, next_cursor: null });
    const idsAt = async (path: string) => (await here.owner.get(path)).body.tasks.map(({ task_id }) => task_id);
    expect(await idsAt('/v1/tasks?completed=true')).toEqual([two]);
    expect(await idsAt('/v1/tasks?completed=false')).toEqual([one]);
    const its = await here.owner.get(`/v1/contacts/${contact_id}/tasks`);
    expect(its.body.tasks).toEqual([
      {
        task_id: one,
        title: 'Call',
        description: null,
        due_date: '2026-12-01T00:00:00.000Z',
        contact_id,
        action_id: null,
        completed_at: null,
        created_at: expect.any(String),
      },
    ]);
    await expectRefusal(api, here, INVALID, () => here.owner.get('/v1/tasks?completed=maybe'));
  });

  it('are changed, done once, and reopened', async () => {
    const here = await api.tenant();
    const id = await addTask(api.world, here);
    const patch = async (body: object) => (await here.owner.patch(`/v1/tasks/${id}`, body)).body.task;
    const change = { title: 'Write', description: 'Soon.', due_date: '2026-12-01' };
    expect(await patch(change)).toMatchObject({ ...change, due_date: '2026-12-01T00:00:00.000Z' });
    const first = (await patch({ completed: true })).completed_at;
    expect(first).toEqual(expect.any(String));
    expect((await patch({ completed: true })).completed_at).toBe(first);
    await patch({ completed: false, description: null, due_date: null });
    expect(await api.world.db.tables.tasks.findMany({ where: { workspace_id: here.id } })).toMatchObject([
      { title: 'Write', description: null, due_date: null, completed_at: null },
    ]);
  });

  it.each<[string, object, string]>([
    ['no change', {}, ''],
    ['an empty title', { title: '' }, 'title'],
    ['what is no day', { due_date: 'tomorrow' }, 'due_date'],
    ['an ill-typed flag', { completed: 'yes' }, 'completed'],
    ['an unknown field', { completed_at: null }, 'completed_at'],
  ])('refuse %s', async (_, body, path) => {
    const here = await api.tenant();
    const id = await addTask(api.world, here);
    const refused = await expectRefusal(api, here, INVALID, () => here.owner.patch(`/v1/tasks/${id}`, body));
    expect(pathsOf(refused)).toContain(path);
  });

  it('refuse nobody, the unentitled and strangers', async () => {
    const here = await api.tenant();
    const id = await addTask(api.world, here);
    const ask = (by: Client, task: string) => () => by.patch(`/v1/tasks/${task}`, { completed: true });
    await expectRefusal(api, here, UNAUTHENTICATED, ask(api.with(), id));
    await expectRefusal(api, here, FORBIDDEN, ask(await here.client({ scopes: ['contacts:read'] }), id));
    await expectRefusal(api, here, NOT_FOUND, ask((await api.tenant()).owner, id));
    for (const none of ['x', '%00', newId(), formatId('contact', newId())])
      await expectRefusal(api, here, NOT_FOUND, ask(here.owner, none));
  });
});
