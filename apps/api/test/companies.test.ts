import { newId, formatId } from '@proviso/core';
import { CONFLICT, expectRefusal, FORBIDDEN, INVALID, NOT_FOUND, pathsOf, pending, useApi } from './test-api.ts';
import { UNAUTHENTICATED } from './test-api.ts';
import type { Client, Reply, Tenant } from './test-api.ts';

describe('companies', () => {
  const api = useApi();
  const create = (by: Client, body: object): Promise<Reply> => by.post('/v1/companies', body);
  const added = async (here: Tenant, body: object = { name: 'Acme', domain: 'acme.example' }): Promise<string> =>
    (await create(here.owner, body)).body.company.company_id;
  const row = async ({ id }: Tenant) => api.world.db.tables.companies.findFirstOrThrow({ where: { workspace_id: id } });

  describe('POST /v1/companies', () => {
    it('adds a company, with its domain in lower case', async () => {
      const here = await api.tenant();
      const body = { name: 'Acme', domain: 'Acme.Example', properties: { size: 7, tags: [null] } };
      const reply = await create(here.owner, body);
      expect(reply.status).toBe(201);
      expect(reply.body).toEqual({
        status: 'success',
        company: {
          ...body,
          company_id: expect.stringMatching(/^co_/),
          domain: 'acme.example',
          created_at: expect.any(String),
          updated_at: expect.any(String),
        },
      });
      expect(await row(here)).toMatchObject({ name: 'Acme', domain: 'acme.example', workspace_id: here.id });
    });

    it.each(['acme.example', 'ACME.Example'])(
      'refuses a domain that already exists in the workspace: %s',
      async (domain) => {
        const [here, there] = [await api.tenant(), await api.tenant()];
        await added(here);
        const refused = await expectRefusal(api, here, CONFLICT, () => create(here.owner, { domain }));
        expect(pathsOf(refused)).toEqual(['domain']);
        expect((await create(there.owner, { domain })).status).toBe(201);
      },
    );

    it('accepts any number of companies without a domain', async () => {
      const here = await api.tenant();
      for (const name of ['Acme', 'Acme']) expect((await create(here.owner, { name })).status).toBe(201);
    });

    it.each<[string, object, string]>([
      ['neither name nor domain', {}, 'name'],
      ['an empty name', { name: '' }, 'name'],
      ['what is no domain', { domain: 'acme' }, 'domain'],
      ['an address for a domain', { domain: 'https://acme.example' }, 'domain'],
      ['properties that are a list', { name: 'x', properties: [] }, 'properties'],
      ['an unknown field', { name: 'x', colour: 'red' }, 'colour'],
    ])('refuses %s', async (_, body, path) => {
      const here = await api.tenant();
      expect(pathsOf(await expectRefusal(api, here, INVALID, () => create(here.owner, body)))).toContain(path);
    });
  });

  it('lists the workspace’s companies, newest first, and finds one by domain', async () => {
    const [here, there] = [await api.tenant(), await api.tenant()];
    for (const domain of ['a.example', 'b.example', 'c.example']) await create(here.owner, { domain });
    await create(there.owner, { domain: 'd.example' });
    const { body } = await here.owner.get('/v1/companies', { limit: '2' });
    expect(body.companies.map(({ domain }) => domain)).toEqual(['c.example', 'b.example']);
    expect(body.pagination).toEqual({ total_items: 3, limit: 2, skip: 0, next_cursor: expect.any(String) });
    const found = await here.owner.get('/v1/companies', { domain: 'B.example' });
    expect(found.body.companies).toMatchObject([{ domain: 'b.example' }]);
    expect((await here.owner.get('/v1/companies', { domain: 'd.example' })).body.companies).toEqual([]);
  });

  describe('PATCH /v1/companies/{company_id}', () => {
    const patch = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/companies/${id}`, body);

    it('merges properties, and null deletes one', async () => {
      const here = await api.tenant();
      const id = await added(here, { name: 'Acme', properties: { a: 1, b: { c: 2 }, d: 3 } });
      const { body } = await patch(here.owner, id, { properties: { b: { e: 4 }, d: null }, name: 'Acme Ltd' });
      expect(body.company).toMatchObject({ name: 'Acme Ltd', properties: { a: 1, b: { e: 4 } } });
      expect((await row(here)).properties).toEqual({ a: 1, b: { e: 4 } });
    });

    it('loses no property when many change at once', async () => {
      const here = await api.tenant();
      const id = await added(here);
      await Promise.all(
        Array.from({ length: 15 }, (_, index) => patch(here.owner, id, { properties: { [`p${index}`]: index } })),
      );
      expect(Object.keys((await row(here)).properties as object)).toHaveLength(15);
    });

    it('refuses a taken domain, and the removal of both name and domain', async () => {
      const here = await api.tenant();
      await added(here, { domain: 'bob.example' });
      const id = await added(here, { domain: 'acme.example' });
      const taken = () => patch(here.owner, id, { domain: 'BOB.example', properties: { a: 1 } });
      expect(pathsOf(await expectRefusal(api, here, CONFLICT, taken))).toEqual(['domain']);
      const bare = () => patch(here.owner, id, { domain: null });
      expect(pathsOf(await expectRefusal(api, here, INVALID, bare))).toEqual(['domain']);
      expect((await patch(here.owner, id, { domain: null, name: 'Acme' })).body.company.domain).toBeNull();
    });

    it.each<[string, object, string]>([
      ['no change', {}, ''],
      ['an unknown field', { company_id: 'x' }, 'company_id'],
      ['null for properties', { properties: null }, 'properties'],
    ])('refuses %s', async (_, body, path) => {
      const here = await api.tenant();
      const id = await added(here);
      expect(pathsOf(await expectRefusal(api, here, INVALID, () => patch(here.owner, id, body)))).toContain(path);
    });
  });

  describe('DELETE /v1/companies/{company_id}', () => {
    it('deletes a company with its notes, keeps its contacts, and answers 404 the second time', async () => {
      const here = await api.tenant();
      const company_id = await added(here);
      await here.owner.post(`/v1/companies/${company_id}/notes`, { content: 'x' });
      await here.owner.post('/v1/contacts', { email: 'ann@example.com', company_id });
      const { status, body } = await here.owner.delete(`/v1/companies/${company_id}`);
      expect({ status, body }).toEqual({ status: 200, body: { status: 'success', company_id } });
      const where = { workspace_id: here.id };
      expect(await api.world.db.tables.companies.count({ where })).toBe(0);
      expect(await api.world.db.tables.notes.count({ where })).toBe(0);
      expect(await api.world.db.tables.contacts.findMany({ where })).toMatchObject([{ company_id: null }]);
      await expectRefusal(api, here, NOT_FOUND, () => here.owner.delete(`/v1/companies/${company_id}`));
    });

    it('refuses while open actions use it, and says how many', async () => {
      const here = await api.tenant();
      const company_id = await added(here);
      const note = { type: 'create_note', params: { content: 'x', company_id } };
      const open = [await pending(here.owner, here, note), await pending(here.owner, here, note)];
      const refused = await expectRefusal(api, here, CONFLICT, () => here.owner.delete(`/v1/companies/${company_id}`));
      expect(refused.details).toEqual([
        { path: 'company_id', message: 'is used by 2 open actions: cancel them or wait for them to end' },
      ]);
      for (const { action_id } of open) await here.owner.post(`/v1/actions/${action_id}/reject`);
      expect((await here.owner.delete(`/v1/companies/${company_id}`)).status).toBe(200);
    });
  });

  it('has notes, and the contacts that belong to it', async () => {
    const here = await api.tenant();
    const company_id = await added(here);
    const { status, body } = await here.owner.post(`/v1/companies/${company_id}/notes`, { content: 'one' });
    expect(status).toBe(201);
    expect(body.note).toMatchObject({ content: 'one', contact_id: null, company_id, created_by: { name: 'owner' } });
    await here.owner.post(`/v1/companies/${company_id}/notes`, { content: 'two' });
    const notes = await here.owner.get(`/v1/companies/${company_id}/notes`);
    expect(notes.body.notes.map(({ content }) => content)).toEqual(['two', 'one']);
    await here.owner.post('/v1/contacts', { email: 'ann@example.com', company_id });
    await here.owner.post('/v1/contacts', { email: 'bob@example.com' });
    const contacts = await here.owner.get(`/v1/companies/${company_id}/contacts`);
    expect(contacts.body.contacts).toMatchObject([{ email: 'ann@example.com', company_id }]);
    expect(contacts.body.pagination.total_items).toBe(1);
  });

  it.each([
    ['get', '', undefined],
    ['patch', '', { properties: { a: 1 } }],
    ['delete', '', undefined],
    ['get', '/notes', undefined],
    ['post', '/notes', { content: 'x' }],
    ['get', '/contacts', undefined],
  ] as const)(
    'refuse no token, missing rights and strangers: %s /v1/companies/{company_id}%s',
    async (method, rest, body) => {
      const here = await api.tenant();
      const id = await added(here);
      const ask = (by: Client, company: string): Promise<Reply> =>
        by.raw(method, `/v1/companies/${company}${rest}`, body && JSON.stringify(body));
      await expectRefusal(api, here, UNAUTHENTICATED, () => ask(api.with(), id));
      const unentitled = await here.client({
        scopes: method === 'get' ? ['companies:write', 'contacts:read'] : ['companies:read', 'contacts:write'],
      });
      await expectRefusal(api, here, FORBIDDEN, () => ask(unentitled, id));
      const stranger = (await api.tenant()).owner;
      await expectRefusal(api, here, NOT_FOUND, () => ask(stranger, id));
      for (const none of ['x', '%00', newId(), formatId('contact', newId())])
        await expectRefusal(api, here, NOT_FOUND, () => ask(here.owner, none));
    },
  );
});
