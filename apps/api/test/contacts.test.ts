import { newId, formatId } from '@proviso/core';
import {
  CONFLICT,
  expectRefusal,
  FORBIDDEN,
  INVALID,
  NOT_FOUND,
  pathsOf,
  UNAUTHENTICATED,
  useApi,
} from './test-api.ts';
import type { Client, Reply, Tenant } from './test-api.ts';

describe('contacts', () => {
  const api = useApi();
  const create = (by: Client, body: object): Promise<Reply> => by.post('/v1/contacts', body);
  const added = async (here: Tenant, body: object = { email: 'ann@example.com' }): Promise<string> =>
    (await create(here.owner, body)).body.contact.contact_id;
  const row = async ({ id }: Tenant) => api.world.db.tables.contacts.findFirstOrThrow({ where: { workspace_id: id } });

  describe('POST /v1/contacts', () => {
    it('adds a contact, with its address in lower case', async () => {
      const here = await api.tenant();
      const { status, body } = await create(here.owner, {
        email: 'Ann@Example.com',
        properties: { firstName: 'Ann', tags: ['a', 1, null] },
        lifecycle_stage: 'lead',
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        status: 'success',
        contact: {
          contact_id: expect.stringMatching(/^ct_/),
          email: 'ann@example.com',
          properties: { firstName: 'Ann', tags: ['a', 1, null] },
          lifecycle_stage: 'lead',
          company_id: null,
          unsubscribed_at: null,
        },
      });
      expect(await row(here)).toMatchObject({
        email: 'ann@example.com',
        properties: body.contact.properties,
        workspace_id: here.id,
      });
    });

    it.each(['ann@example.com', 'ANN@EXAMPLE.COM'])(
      'refuses an address that already exists in the workspace: %s',
      async (email) => {
        const here = await api.tenant();
        await added(here);
        expect(pathsOf(await expectRefusal(api, here, CONFLICT, () => create(here.owner, { email })))).toEqual([
          'email',
        ]);
      },
    );

    it('creates one of many simultaneous contacts with the same address', async () => {
      const here = await api.tenant();
      const replies = await Promise.all(
        Array.from({ length: 10 }, () => create(here.owner, { email: 'ann@example.com' })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
      expect(await api.world.db.tables.contacts.count({ where: { workspace_id: here.id } })).toBe(1);
    });

    it('lets two workspaces have the same address', async () => {
      for (const here of [await api.tenant(), await api.tenant()])
        expect((await create(here.owner, { email: 'ann@example.com' })).status).toBe(201);
    });

    it.each<[string, object, string]>([
      ['no address', {}, 'email'],
      ['what is no address', { email: 'ann' }, 'email'],
      ['an address with a line break', { email: 'ann@example.com\r\nBcc: x@example.com' }, 'email'],
      ['an unknown stage', { email: 'a@b.example', lifecycle_stage: 'friend' }, 'lifecycle_stage'],
      ['properties that are a list', { email: 'a@b.example', properties: [] }, 'properties'],
      ['an unknown field', { email: 'a@b.example', unsubscribed_at: null }, 'unsubscribed_at'],
    ])('refuses %s', async (_, body, path) => {
      const here = await api.tenant();
      expect(pathsOf(await expectRefusal(api, here, INVALID, () => create(here.owner, body)))).toContain(path);
    });
  });

  describe('an address with an international domain', () => {
    const [own, wire] = ['ann@bücher.example', 'ann@xn--bcher-kva.example'];

    it.each([
      [own, wire],
      [wire, own],
    ])('spelt %s is one with %s: shown in its letters, found, taken and unsubscribed in both', async (one, other) => {
      const here = await api.tenant();
      const contact_id = await added(here, { email: one });
      expect((await row(here)).email).toBe(wire);
      for (const email of [one, other.toUpperCase()]) {
        const { contacts } = (await here.owner.get('/v1/contacts', { email })).body;
        expect(contacts).toMatchObject([{ contact_id, email: own }]);
        await expectRefusal(api, here, CONFLICT, () => create(here.owner, { email }));
      }
      const heard = {
        direction: 'inbound',
        message_id: '<i1@example.com>',
        from: `Ann <${other}>`,
        to: 'us@ours.example',
        at: '2026-01-02T03:04:05Z',
      };
      expect((await here.owner.post('/v1/email-messages', heard)).status).toBe(201);
      await here.owner.patch(`/v1/contacts/${contact_id}`, { unsubscribed: true });
      await here.owner.delete(`/v1/contacts/${contact_id}`);
      const config = { host: 'localhost', port: 25, from: 'us@ours.example' };
      const identity_id = await here.identity('smtp', config);
      for (const email of [one, other]) {
        const params = { email, subject: 'x', message: 'x' };
        const refused = await expectRefusal(api, here, INVALID, () =>
          here.owner.post('/v1/actions', { type: 'email_message', identity_id, params }),
        );
        expect(pathsOf(refused)).toEqual(['params.email']);
      }
    });

    it.each(['a=b@host.example', 'a/b@host.example', 'bounce+x=y@host.example'])(
      'accepts %s as contact, as sender and as recipient, and lets it unsubscribe',
      async (email) => {
        const here = await api.tenant();
        const contact_id = await added(here, { email });
        expect((await here.owner.patch(`/v1/contacts/${contact_id}`, { unsubscribed: true })).status).toBe(200);
        const heard = {
          direction: 'inbound',
          message_id: '<i1@x>',
          from: email,
          to: email,
          at: '2026-01-02T03:04:05Z',
        };
        expect((await here.owner.post('/v1/email-messages', heard)).status).toBe(201);
        const identity_id = await here.identity('smtp', { host: 'localhost', port: 25, from: email });
        const mail = { type: 'email_message', identity_id, params: { email, subject: 'x', message: 'x' } };
        const refused = await expectRefusal(api, here, INVALID, () => here.owner.post('/v1/actions', mail));
        expect(refused.error).toContain('has unsubscribed');
      },
    );
  });

  describe('GET /v1/contacts', () => {
    it('lists the workspace’s own, newest first, and finds one by its address', async () => {
      const [here, there] = [await api.tenant(), await api.tenant()];
      for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) await create(here.owner, { email });
      await create(there.owner, { email: 'd@example.com' });
      const { body } = await here.owner.get('/v1/contacts', { limit: '2' });
      expect(body.contacts.map(({ email }) => email)).toEqual(['c@example.com', 'b@example.com']);
      expect(body.pagination).toEqual({ total_items: 3, limit: 2, skip: 0, next_cursor: expect.any(String) });
      const found = await here.owner.get('/v1/contacts', { email: 'B@example.com' });
      expect(found.body.contacts).toMatchObject([{ email: 'b@example.com' }]);
      expect((await here.owner.get('/v1/contacts', { email: 'd@example.com' })).body.contacts).toEqual([]);
    });

    it.each(['limit=0', 'limit=101', 'skip=-1', 'colour=red', 'email=%00', 'email=a&email=b'])(
      'refuses ?%s',
      async (query) => {
        const here = await api.tenant();
        const refused = await expectRefusal(api, here, INVALID, () => here.owner.get(`/v1/contacts?${query}`));
        expect(pathsOf(refused)).toEqual([/^\w+/.exec(query)?.[0]]);
      },
    );
  });

  describe('PATCH /v1/contacts/{contact_id}', () => {
    const patch = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/contacts/${id}`, body);

    it('merges properties, and null deletes one', async () => {
      const here = await api.tenant();
      const id = await added(here, { email: 'ann@example.com', properties: { a: 1, b: { c: 2 }, d: 3 } });
      const { body } = await patch(here.owner, id, { properties: { b: { e: 4 }, d: null, f: 5 } });
      expect(body.contact.properties).toEqual({ a: 1, b: { e: 4 }, f: 5 });
      expect((await row(here)).properties).toEqual({ a: 1, b: { e: 4 }, f: 5 });
    });

    it('loses no property when many change at once', async () => {
      const here = await api.tenant();
      const id = await added(here);
      await Promise.all(
        Array.from({ length: 15 }, (_, index) => patch(here.owner, id, { properties: { [`p${index}`]: index } })),
      );
      expect(Object.keys((await row(here)).properties as object)).toHaveLength(15);
    });

    it('does not let an agent resubscribe a contact', async () => {
      const here = await api.tenant();
      const { body } = await here.owner.post('/v1/contacts', { email: 'gone@example.com' });
      const agent = await here.client({ agent: 'bot' });
      await here.owner.patch(`/v1/contacts/${body.contact.contact_id}`, { unsubscribed: true });
      await expectRefusal(api, here, FORBIDDEN, () =>
        agent.patch(`/v1/contacts/${body.contact.contact_id}`, { unsubscribed: false }),
      );
    });

    it.each<[string, (by: Client, id: string) => Promise<unknown>]>([
      ['has another address by now', (by, id) => patch(by, id, { email: `${newId()}@example.com` })],
      ['is deleted', (by, id) => by.delete(`/v1/contacts/${id}`)],
      [
        'is deleted and made again',
        async (by, id) => {
          const { email } = (await by.get(`/v1/contacts/${id}`)).body.contact;
          await by.delete(`/v1/contacts/${id}`);
          const again = (await by.post('/v1/contacts', { email: email.toUpperCase() })).body.contact;
          expect(again.unsubscribed_at).not.toBeNull();
        },
      ],
    ])('sends nothing to an unsubscribed address, even if its contact %s', async (_, change) => {
      const here = await api.tenant();
      const email = `${newId()}@example.com`;
      const { contact_id } = (await here.owner.post('/v1/contacts', { email })).body.contact;
      await patch(here.owner, contact_id, { unsubscribed: true });
      await change(here.owner, contact_id);
      const identity_id = await here.identity('smtp', { host: 'localhost', port: 1, from: 'us@ours.example' });
      for (const to of [
        { email },
        { email: 'x@example.com', cc: email },
        { email: 'x@example.com', bcc: [email.toUpperCase()] },
      ]) {
        const params = { ...to, subject: 'x', message: 'x' };
        const { status, body } = await here.owner.post('/v1/actions', { type: 'email_message', identity_id, params });
        expect([status, body.error]).toEqual([400, expect.stringContaining('has unsubscribed from e-mail')]);
      }
    });

    it('shows an unsubscription to whoever gives a contact that address, and lets mail go again when a person says so', async () => {
      const here = await api.tenant();
      const [gone, email] = [`${newId()}@example.com`, `${newId()}@example.com`];
      const first = (await here.owner.post('/v1/contacts', { email: gone })).body.contact.contact_id;
      await patch(here.owner, first, { unsubscribed: true });
      await here.owner.delete(`/v1/contacts/${first}`);
      const second = (await here.owner.post('/v1/contacts', { email })).body.contact;
      expect(second.unsubscribed_at).toBeNull();
      expect((await patch(here.owner, second.contact_id, { email: gone })).body.contact.unsubscribed_at).not.toBeNull();
      await patch(here.owner, second.contact_id, { unsubscribed: false });
      expect(await api.world.db.tables.unsubscribed_addresses.count({ where: { workspace_id: here.id } })).toBe(0);
    });

    it('records the time of an unsubscribe once, and removes it on resubscribe', async () => {
      const here = await api.tenant();
      const id = await added(here);
      const first = (await patch(here.owner, id, { unsubscribed: true })).body.contact.unsubscribed_at;
      expect(first).toEqual(expect.any(String));
      expect((await patch(here.owner, id, { unsubscribed: true })).body.contact.unsubscribed_at).toBe(first);
      await patch(here.owner, id, { unsubscribed: false });
      expect((await row(here)).unsubscribed_at).toBeNull();
    });

    it('changes the address and refuses a taken one', async () => {
      const here = await api.tenant();
      await added(here, { email: 'bob@example.com' });
      const id = await added(here);
      expect((await patch(here.owner, id, { email: 'Eve@example.com' })).body.contact.email).toBe('eve@example.com');
      await expectRefusal(api, here, CONFLICT, () =>
        patch(here.owner, id, { email: 'BOB@example.com', properties: { a: 1 } }),
      );
    });

    it.each<[string, object, string]>([
      ['no change', {}, ''],
      ['an unknown field', { contact_id: 'x' }, 'contact_id'],
      ['an ill-typed flag', { unsubscribed: 'yes' }, 'unsubscribed'],
      ['what is no address', { email: 'x' }, 'email'],
      ['null for properties', { properties: null }, 'properties'],
    ])('refuses %s', async (_, body, path) => {
      const here = await api.tenant();
      const id = await added(here);
      expect(pathsOf(await expectRefusal(api, here, INVALID, () => patch(here.owner, id, body)))).toContain(path);
    });
  });

  describe('notes', () => {
    it('are added without approval and listed newest first', async () => {
      const here = await api.tenant();
      const id = await added(here);
      const { status, body } = await here.owner.post(`/v1/contacts/${id}/notes`, { content: 'one' });
      expect(status).toBe(201);
      expect(body.note).toMatchObject({
        content: 'one',
        contact_id: id,
        company_id: null,
        action_id: null,
        created_by: { name: 'owner' },
      });
      await here.owner.post(`/v1/contacts/${id}/notes`, { content: 'two' });
      const list = await here.owner.get(`/v1/contacts/${id}/notes`);
      expect(list.body.notes.map(({ content }) => content)).toEqual(['two', 'one']);
      expect(list.body.pagination).toEqual({ total_items: 2, limit: 20, skip: 0, next_cursor: null });
      expect(await api.world.db.tables.notes.count({ where: { workspace_id: here.id } })).toBe(2);
    });

    it.each<[string, object, string]>([
      ['no content', {}, 'content'],
      ['empty content', { content: '' }, 'content'],
      ['too much content', { content: 'x'.repeat(65_537) }, 'content'],
      ['an author', { content: 'x', created_by: {} }, 'created_by'],
    ])('refuse %s', async (_, body, path) => {
      const here = await api.tenant();
      const id = await added(here);
      const refused = await expectRefusal(api, here, INVALID, () => here.owner.post(`/v1/contacts/${id}/notes`, body));
      expect(pathsOf(refused)).toContain(path);
    });
  });

  it('lists e-mail threads, the last active first', async () => {
    const here = await api.tenant();
    const contact_id = await added(here);
    const { id } = await row(here);
    for (const [subject, updated_at] of [
      ['old', new Date('2020-01-01')],
      ['new', new Date('2024-01-01')],
    ] as const) {
      const data = {
        id: newId(),
        workspace_id: here.id,
        contact_id: id,
        subject,
        last_message_id: '<m@x>',
        message_count: 3,
        updated_at,
      };
      await api.world.db.tables.email_threads.create({ data });
    }
    const { body } = await here.owner.get(`/v1/contacts/${contact_id}/email-threads`);
    expect(body.email_threads).toEqual([
      {
        thread_id: expect.stringMatching(/^thr_/),
        subject: 'new',
        last_message_id: '<m@x>',
        message_count: 3,
        updated_at: '2024-01-01T00:00:00.000Z',
      },
      expect.objectContaining({ subject: 'old' }),
    ]);
  });

  it.each([
    ['get', '', undefined],
    ['patch', '', { properties: { a: 1 } }],
    ['get', '/notes', undefined],
    ['post', '/notes', { content: 'x' }],
    ['get', '/email-threads', undefined],
  ] as const)(
    'refuse no token, missing rights and strangers: %s /v1/contacts/{contact_id}%s',
    async (method, rest, body) => {
      const here = await api.tenant();
      const id = await added(here);
      const ask = (by: Client, contact: string): Promise<Reply> =>
        by.raw(method, `/v1/contacts/${contact}${rest}`, body && JSON.stringify(body));
      await expectRefusal(api, here, UNAUTHENTICATED, () => ask(api.with(), id));
      const scopes = method === 'get' ? (['contacts:write'] as const) : (['contacts:read'] as const);
      const unentitled = await here.client({ scopes: [...scopes] });
      await expectRefusal(api, here, FORBIDDEN, () => ask(unentitled, id));
      const stranger = (await api.tenant()).owner;
      await expectRefusal(api, here, NOT_FOUND, () => ask(stranger, id));
      for (const none of ['x', '%00', newId(), formatId('action', newId())])
        await expectRefusal(api, here, NOT_FOUND, () => ask(here.owner, none));
    },
  );
});
