import { newId, parseId, formatId } from '@proviso/core';
import { addTask, CONFLICT, expectRefusal, INVALID, NOT_FOUND, pathsOf, pending, propose, useApi } from './test-api.ts';
import { FORBIDDEN, UNAUTHENTICATED } from './test-api.ts';
import type { Client, Reply, Tenant } from './test-api.ts';

describe('contacts', () => {
  const api = useApi();
  const added = async (here: Tenant, more: object = {}): Promise<string> =>
    (await here.owner.post('/v1/contacts', { email: 'ann@example.com', ...more })).body.contact.contact_id;
  const company = async (here: Tenant): Promise<string> =>
    (await here.owner.post('/v1/companies', { name: 'Acme' })).body.company.company_id;
  const row = async ({ id }: Tenant) => api.world.db.tables.contacts.findFirstOrThrow({ where: { workspace_id: id } });

  describe('company_id', () => {
    it('is set at creation, changed and removed', async () => {
      const here = await api.tenant();
      const [first, second] = [await company(here), await company(here)];
      const id = await added(here, { company_id: first });
      expect((await row(here)).company_id).toBe(parseId('company', first));
      const moved = await here.owner.patch(`/v1/contacts/${id}`, { company_id: second });
      expect(moved.body.contact.company_id).toBe(second);
      await here.owner.patch(`/v1/contacts/${id}`, { properties: { a: 1 } });
      expect((await row(here)).company_id).toBe(parseId('company', second));
      expect((await here.owner.patch(`/v1/contacts/${id}`, { company_id: null })).body.contact.company_id).toBeNull();
    });

    it('must be in the workspace', async () => {
      const [here, there] = [await api.tenant(), await api.tenant()];
      const id = await added(here);
      for (const company_id of [await company(there), newId(), 'x', id]) {
        const create = () => here.owner.post('/v1/contacts', { email: 'bob@example.com', company_id });
        expect(pathsOf(await expectRefusal(api, here, INVALID, create))).toEqual(['company_id']);
        const change = () => here.owner.patch(`/v1/contacts/${id}`, { company_id });
        expect(pathsOf(await expectRefusal(api, here, INVALID, change))).toEqual(['company_id']);
      }
    });
  });

  describe('lifecycle_stage', () => {
    it('keeps a history of its changes, newest first', async () => {
      const here = await api.tenant();
      const id = await added(here, { lifecycle_stage: 'lead' });
      for (const lifecycle_stage of ['mql', 'mql', 'customer'])
        await here.owner.patch(`/v1/contacts/${id}`, { lifecycle_stage });
      expect((await row(here)).lifecycle_stage).toBe('customer');
      const { body } = await here.owner.get(`/v1/contacts/${id}/lifecycle`);
      const by = { action_id: null, actor: expect.objectContaining({ name: 'owner' }), at: expect.any(String) };
      expect(body.lifecycle_changes).toEqual([
        { from: 'mql', to: 'customer', ...by },
        { from: 'lead', to: 'mql', ...by },
        { from: null, to: 'lead', ...by },
      ]);
      expect(body.pagination).toEqual({ total_items: 3, limit: 20, skip: 0, next_cursor: null });
    });

    it('records no history for a refused change', async () => {
      const here = await api.tenant();
      await here.owner.post('/v1/contacts', { email: 'bob@example.com' });
      const id = await added(here);
      const body = { lifecycle_stage: 'lead', email: 'bob@example.com' };
      await expectRefusal(api, here, CONFLICT, () => here.owner.patch(`/v1/contacts/${id}`, body));
    });

    it.each(['friend', null, ''])('refuses an unknown stage: %j', async (lifecycle_stage) => {
      const here = await api.tenant();
      const id = await added(here);
      await expectRefusal(api, here, INVALID, () => here.owner.patch(`/v1/contacts/${id}`, { lifecycle_stage }));
    });
  });

  describe('DELETE /v1/contacts/{contact_id}', () => {
    it('deletes a contact with everything that belongs to it, and answers 404 the second time', async () => {
      const here = await api.tenant();
      const contact_id = await added(here, { lifecycle_stage: 'lead' });
      await here.owner.post(`/v1/contacts/${contact_id}/notes`, { content: 'x' });
      await addTask(api.world, here, { contact_id: parseId('contact', contact_id) });
      const { status, body } = await here.owner.delete(`/v1/contacts/${contact_id}`);
      expect({ status, body }).toEqual({ status: 200, body: { status: 'success', contact_id } });
      const where = { workspace_id: here.id };
      const { contacts, notes, tasks, lifecycle_changes } = api.world.db.tables;
      expect(await contacts.count({ where })).toBe(0);
      expect(await notes.count({ where })).toBe(0);
      expect(await tasks.count({ where })).toBe(0);
      expect(await lifecycle_changes.count({ where })).toBe(0);
      await expectRefusal(api, here, NOT_FOUND, () => here.owner.delete(`/v1/contacts/${contact_id}`));
    });

    it('refuses while an open action uses it, and accepts once that has ended', async () => {
      const here = await api.tenant();
      const contact_id = await added(here);
      const note = { type: 'create_note', params: { content: 'x', contact_id } };
      const { action_id } = await pending(here.owner, here, note);
      const refused = await expectRefusal(api, here, CONFLICT, () => here.owner.delete(`/v1/contacts/${contact_id}`));
      expect(refused.details).toEqual([
        { path: 'contact_id', message: 'is used by 1 open action: cancel it or wait for it to end' },
      ]);
      await here.owner.post(`/v1/actions/${action_id}/cancel`);
      expect((await here.owner.delete(`/v1/contacts/${contact_id}`)).status).toBe(200);
    });
  });

  it('list their own actions, filtered as in the list of all', async () => {
    const here = await api.tenant();
    const contact_id = await added(here);
    const note = { type: 'create_note', params: { content: 'x', contact_id } };
    const first = await pending(here.owner, here, note);
    const second = await propose(here.owner, here, note);
    await pending(here.owner, here);
    const path = `/v1/contacts/${contact_id}/actions`;
    const { body } = await here.owner.get(path);
    expect(body.actions.map(({ action_id }) => action_id)).toEqual([second.action_id, first.action_id]);
    expect(body.pagination).toEqual({ total_items: 2, limit: 20, skip: 0, next_cursor: null });
    const filtered = await here.owner.get(path, { status: 'pending_approval' });
    expect(filtered.body.actions).toMatchObject([{ action_id: first.action_id }]);
    for (const query of ['contact_id=x', 'colour=red', 'limit=0'])
      await expectRefusal(api, here, INVALID, () => here.owner.get(`${path}?${query}`));
    const half = await here.client({ scopes: ['contacts:read'] });
    await expectRefusal(api, here, FORBIDDEN, () => half.get(path));
  });

  it.each([
    ['delete', ''],
    ['get', '/tasks'],
    ['get', '/actions'],
    ['get', '/lifecycle'],
  ] as const)('refuse no token, missing rights and strangers: %s /v1/contacts/{contact_id}%s', async (method, rest) => {
    const here = await api.tenant();
    const id = await added(here);
    const ask = (by: Client, contact: string): Promise<Reply> => by.raw(method, `/v1/contacts/${contact}${rest}`);
    await expectRefusal(api, here, UNAUTHENTICATED, () => ask(api.with(), id));
    const scopes = method === 'get' ? (['contacts:write', 'actions:read'] as const) : (['contacts:read'] as const);
    const unentitled = await here.client({ scopes: [...scopes] });
    await expectRefusal(api, here, FORBIDDEN, () => ask(unentitled, id));
    const stranger = (await api.tenant()).owner;
    await expectRefusal(api, here, NOT_FOUND, () => ask(stranger, id));
    for (const none of ['x', '%00', newId(), formatId('action', newId())])
      await expectRefusal(api, here, NOT_FOUND, () => ask(here.owner, none));
  });
});
