import { newId, parseId } from '@proviso/core';
import { addTask, useTenant, type Reply, type Tenant, type Client } from './test-api.ts';

/** What a contact and a company have in common: `name` is the field that is unique in a workspace. */
const KINDS = [
  { kind: 'contact', kinds: 'contacts', name: 'email', id: /^ct_/, named: (who: string) => `${who}@example.com` },
  { kind: 'company', kinds: 'companies', name: 'domain', id: /^co_/, named: (who: string) => `${who}.example` },
] as const;

interface Shown {
  contact_id: string;
  company_id: string;
  email: string;
  domain: string | null;
  properties: object;
}

const { api, here } = useTenant();

describe.each(KINDS)('/v1/$kinds', ({ kind, kinds, name, id, named }) => {
  const path = `/v1/${kinds}`;
  const where = (tenant: Tenant = here) => ({ where: { workspace_id: tenant.id } });
  const rows = () =>
    (api.world.db.tables[kinds] as typeof api.world.db.tables.companies).findMany({
      ...where(),
      orderBy: { id: 'asc' },
    });
  const shown = ({ body }: Reply): Shown => body[kind] as unknown as Shown;
  const create = (who: string, more: object = {}, by = here.owner): Promise<Reply> =>
    by.post(path, { [name]: named(who), ...more });
  const added = async (who = 'ann', more: object = {}): Promise<string> => shown(await create(who, more))[`${kind}_id`];
  const patch = (one: string, body: object): Promise<Reply> => here.owner.patch(`${path}/${one}`, body);

  it(`creates a ${kind}, with its ${name} in lower case`, async () => {
    const properties = { firstName: 'Ann', size: 7, tags: ['a', 1, null] };
    const reply = await create('Ann', { properties });
    expect([reply.status, reply.body.status]).toEqual([201, 'success']);
    expect(shown(reply)).toMatchObject({ [`${kind}_id`]: expect.stringMatching(id), [name]: named('ann'), properties });
    expect(await rows()).toMatchObject([{ [name]: named('ann'), properties, workspace_id: here.id }]);
  });

  it(`refuses the ${name} of another ${kind} of the workspace, in any case, and accepts that of another workspace’s`, async () => {
    const there = await api.tenant();
    await added();
    for (const who of ['ann', 'ANN']) await here.refuses('CONFLICT', () => create(who), [name]);
    expect((await create('ann', {}, there.owner)).status).toBe(201);
  });

  it(`creates one of many simultaneous ${kinds} with the same ${name}`, async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => create('ann')));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(await rows()).toHaveLength(1);
  });

  it(`lists the workspace’s ${kinds}, newest first, and finds one by its ${name}`, async () => {
    const there = await api.tenant();
    for (const who of ['a', 'b', 'c']) await create(who);
    await create('d', {}, there.owner);
    const list = async (query: Record<string, string>) => {
      const { body } = await here.owner.get(path, query);
      return [(body[kinds] as unknown as Shown[]).map((one) => one[name]), body.pagination];
    };
    const pagination = { total_items: 3, limit: 2, skip: 0, next_cursor: expect.any(String) };
    expect(await list({ limit: '2' })).toEqual([[named('c'), named('b')], pagination]);
    expect((await list({ [name]: named('B') }))[0]).toEqual([named('b')]);
    expect((await list({ [name]: named('d') }))[0]).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'skip=-1', 'colour=red', `${name}=%00`, `${name}=a&${name}=b`])(
    'refuses to list ?%s',
    async (query) => {
      await here.refuses('INVALID', () => here.owner.get(`${path}?${query}`), [/^\w+/.exec(query)?.[0] ?? '']);
    },
  );

  it('merges properties, and null deletes one', async () => {
    const one = await added('ann', { properties: { a: 1, b: { c: 2 }, d: 3 } });
    const properties = { a: 1, b: { e: 4 }, f: 5 };
    const reply = await patch(one, { properties: { b: { e: 4 }, d: null, f: 5 }, [name]: named('Eve') });
    expect(shown(reply)).toMatchObject({ [name]: named('eve') });
    expect([shown(reply).properties, (await rows())[0]?.properties]).toEqual([properties, properties]);
  });

  it('loses no property when many change at once', async () => {
    const one = await added();
    await Promise.all(Array.from({ length: 15 }, (_, index) => patch(one, { properties: { [`p${index}`]: index } })));
    expect(Object.keys((await rows())[0]?.properties as object)).toHaveLength(15);
  });

  it(`refuses to change to a taken ${name}`, async () => {
    const [one] = [await added(), await added('bob')];
    await here.refuses('CONFLICT', () => patch(one, { [name]: named('BOB'), properties: { a: 1 } }), [name]);
  });

  it('has notes, which are added without approval and listed newest first', async () => {
    const one = await added();
    const notes = `${path}/${one}/notes`;
    const { status, body } = await here.owner.post(notes, { content: 'one' });
    const about = { contact_id: null, company_id: null, [`${kind}_id`]: one };
    expect(status).toBe(201);
    expect(body.note).toMatchObject({ content: 'one', ...about, action_id: null, created_by: { name: 'owner' } });
    await here.owner.post(notes, { content: 'two' });
    const list = (await here.owner.get(notes)).body;
    expect(list.notes.map(({ content }) => content)).toEqual(['two', 'one']);
    expect(list.pagination).toEqual({ total_items: 2, limit: 20, skip: 0, next_cursor: null });
    expect(await api.world.db.tables.notes.count(where())).toBe(2);
  });

  it.each<[string, object, string]>([
    ['no content', {}, 'content'],
    ['empty content', { content: '' }, 'content'],
    ['too much content', { content: 'x'.repeat(65_537) }, 'content'],
    ['an author', { content: 'x', created_by: {} }, 'created_by'],
  ])('refuses a note with %s', async (_, body, at) => {
    const one = await added();
    await here.refuses('INVALID', () => here.owner.post(`${path}/${one}/notes`, body), at);
  });

  it('is not deleted while open actions use it, and says how many', async () => {
    const one = await added();
    const note = { type: 'create_note', params: { content: 'x', [`${kind}_id`]: one } };
    const open = [await here.pending(note), await here.pending(note)];
    const refused = await here.refuses('CONFLICT', () => here.owner.delete(`${path}/${one}`));
    expect(refused.details).toEqual([
      { path: `${kind}_id`, message: 'is used by 2 open actions: cancel them or wait for them to end' },
    ]);
    for (const { action_id } of open) await here.owner.post(`/v1/actions/${action_id}/reject`);
    expect((await here.owner.delete(`${path}/${one}`)).status).toBe(200);
  });

  const OWN = {
    contact: ['notes', 'tasks', 'lifecycle_changes', 'contacts'],
    company: ['notes', 'companies'],
  } as const;
  it('is deleted with what belongs to it, once', async () => {
    const one = await added('ann', kind === 'contact' ? { lifecycle_stage: 'lead' } : {});
    await here.owner.post(`${path}/${one}/notes`, { content: 'x' });
    if (kind === 'contact') await addTask(api.world, here, { contact_id: parseId('contact', one) });
    else await here.owner.post('/v1/contacts', { email: 'ann@example.com', company_id: one });
    const count = () =>
      Promise.all(
        OWN[kind].map((table) => (api.world.db.tables[table] as typeof api.world.db.tables.notes).count(where())),
      );
    expect(await count()).toEqual(OWN[kind].map(() => 1));
    const { status, body } = await here.owner.delete(`${path}/${one}`);
    expect({ status, body }).toEqual({ status: 200, body: { status: 'success', [`${kind}_id`]: one } });
    expect(await count()).toEqual(OWN[kind].map(() => 0));
    if (kind === 'company')
      expect(await api.world.db.tables.contacts.findMany(where())).toMatchObject([{ company_id: null }]);
    await here.refuses('NOT_FOUND', () => here.owner.delete(`${path}/${one}`));
  });
});

describe('a record of the CRM', () => {
  it.each<[string, string, object, string]>([
    ['a contact', 'no address', {}, 'email'],
    ['a contact', 'what is not an address', { email: 'ann' }, 'email'],
    ['a contact', 'an address with a line break', { email: 'ann@example.com\r\nBcc: x@example.com' }, 'email'],
    ['a contact', 'an unknown stage', { email: 'a@b.example', lifecycle_stage: 'friend' }, 'lifecycle_stage'],
    ['a contact', 'properties that are a list', { email: 'a@b.example', properties: [] }, 'properties'],
    ['a contact', 'an unknown field', { email: 'a@b.example', unsubscribed_at: null }, 'unsubscribed_at'],
    ['a company', 'neither name nor domain', {}, 'name'],
    ['a company', 'an empty name', { name: '' }, 'name'],
    ['a company', 'what is not a domain', { domain: 'acme' }, 'domain'],
    ['a company', 'an address for a domain', { domain: 'https://acme.example' }, 'domain'],
    ['a company', 'properties that are a list', { name: 'x', properties: [] }, 'properties'],
    ['a company', 'an unknown field', { name: 'x', colour: 'red' }, 'colour'],
  ])('is not created: %s with %s', async (kind, _, body, at) => {
    await here.refuses(
      'INVALID',
      () => here.owner.post(kind === 'a contact' ? '/v1/contacts' : '/v1/companies', body),
      at,
    );
  });

  it.each<[string, string, object, string]>([
    ['contacts', 'no change', {}, ''],
    ['contacts', 'an unknown field', { contact_id: 'x' }, 'contact_id'],
    ['contacts', 'an ill-typed flag', { unsubscribed: 'yes' }, 'unsubscribed'],
    ['contacts', 'what is not an address', { email: 'x' }, 'email'],
    ['contacts', 'null for properties', { properties: null }, 'properties'],
    ['contacts', 'an unknown stage', { lifecycle_stage: 'friend' }, 'lifecycle_stage'],
    ['contacts', 'no stage', { lifecycle_stage: null }, 'lifecycle_stage'],
    ['contacts', 'an empty stage', { lifecycle_stage: '' }, 'lifecycle_stage'],
    ['companies', 'no change', {}, ''],
    ['companies', 'an unknown field', { company_id: 'x' }, 'company_id'],
    ['companies', 'null for properties', { properties: null }, 'properties'],
    ['companies', 'no domain, where it has no name', { domain: null }, 'domain'],
    ['tasks', 'no change', {}, ''],
    ['tasks', 'an empty title', { title: '' }, 'title'],
    ['tasks', 'what is not a day', { due_date: 'tomorrow' }, 'due_date'],
    ['tasks', 'an ill-typed flag', { completed: 'yes' }, 'completed'],
    ['tasks', 'an unknown field', { completed_at: null }, 'completed_at'],
  ])('is not changed: %s, by %s', async (kinds, _, body, at) => {
    const ids: Record<string, () => Promise<string>> = {
      contacts: async () =>
        (await here.owner.post('/v1/contacts', { email: 'ann@example.com' })).body.contact.contact_id,
      companies: async () =>
        (await here.owner.post('/v1/companies', { domain: 'acme.example' })).body.company.company_id,
      tasks: () => addTask(api.world, here),
    };
    const id = await ids[kinds]?.();
    await here.refuses('INVALID', () => here.owner.patch(`/v1/${kinds}/${id}`, body), at);
  });
});

describe('a contact’s', () => {
  const company = async (tenant: Tenant): Promise<string> =>
    (await tenant.owner.post('/v1/companies', { name: 'Acme' })).body.company.company_id;
  const added = async (more: object = {}): Promise<string> =>
    (await here.owner.post('/v1/contacts', { email: 'ann@example.com', ...more })).body.contact.contact_id;
  const row = () => api.world.db.tables.contacts.findFirstOrThrow({ where: { workspace_id: here.id } });

  it('company is set at creation, changed and removed, and lists its contacts', async () => {
    const [first, second] = [await company(here), await company(here)];
    const id = await added({ company_id: first });
    expect((await row()).company_id).toBe(parseId('company', first));
    const moved = await here.owner.patch(`/v1/contacts/${id}`, { company_id: second });
    expect(moved.body.contact.company_id).toBe(second);
    await here.owner.patch(`/v1/contacts/${id}`, { properties: { a: 1 } });
    expect((await row()).company_id).toBe(parseId('company', second));
    await here.owner.post('/v1/contacts', { email: 'bob@example.com' });
    const { contacts, pagination } = (await here.owner.get(`/v1/companies/${second}/contacts`)).body;
    expect(contacts).toMatchObject([{ email: 'ann@example.com', company_id: second }]);
    expect(pagination.total_items).toBe(1);
    expect((await here.owner.patch(`/v1/contacts/${id}`, { company_id: null })).body.contact.company_id).toBeNull();
  });

  it('company must be in the workspace', async () => {
    const id = await added();
    for (const company_id of [await company(await api.tenant()), newId(), 'x', id]) {
      const create = () => here.owner.post('/v1/contacts', { email: 'bob@example.com', company_id });
      await here.refuses('INVALID', create, ['company_id']);
      await here.refuses('INVALID', () => here.owner.patch(`/v1/contacts/${id}`, { company_id }), ['company_id']);
    }
  });

  it('lifecycle stage keeps a history of its changes, newest first', async () => {
    const id = await added({ lifecycle_stage: 'lead' });
    for (const lifecycle_stage of ['mql', 'mql', 'customer'])
      await here.owner.patch(`/v1/contacts/${id}`, { lifecycle_stage });
    expect((await row()).lifecycle_stage).toBe('customer');
    const { body } = await here.owner.get(`/v1/contacts/${id}/lifecycle`);
    const by = { action_id: null, actor: expect.objectContaining({ name: 'owner' }), at: expect.any(String) };
    expect(body.lifecycle_changes).toEqual([
      { from: 'mql', to: 'customer', ...by },
      { from: 'lead', to: 'mql', ...by },
      { from: null, to: 'lead', ...by },
    ]);
    expect(body.pagination).toEqual({ total_items: 3, limit: 20, skip: 0, next_cursor: null });
  });

  it('lifecycle stage has no history of a refused change', async () => {
    await here.owner.post('/v1/contacts', { email: 'bob@example.com' });
    const id = await added();
    const body = { lifecycle_stage: 'lead', email: 'bob@example.com' };
    await here.refuses('CONFLICT', () => here.owner.patch(`/v1/contacts/${id}`, body));
  });

  it('actions are listed and filtered as in the list of all', async () => {
    const contact_id = await added();
    const note = { type: 'create_note', params: { content: 'x', contact_id } };
    const first = await here.pending(note);
    const second = await here.propose(note);
    await here.pending();
    const path = `/v1/contacts/${contact_id}/actions`;
    const { body } = await here.owner.get(path);
    expect(body.actions.map(({ action_id }) => action_id)).toEqual([second.action_id, first.action_id]);
    expect(body.pagination).toEqual({ total_items: 2, limit: 20, skip: 0, next_cursor: null });
    const filtered = await here.owner.get(path, { status: 'pending_approval' });
    expect(filtered.body.actions).toMatchObject([{ action_id: first.action_id }]);
    for (const query of ['contact_id=x', 'colour=red', 'limit=0'])
      await here.refuses('INVALID', () => here.owner.get(`${path}?${query}`));
  });

  it('e-mail threads are listed, the last active first', async () => {
    const contact_id = await added();
    const { id } = await row();
    const thread = { workspace_id: here.id, contact_id: id, last_message_id: '<m@x>', message_count: 3 };
    for (const [subject, updated_at] of Object.entries({ old: new Date('2020-01-01'), new: new Date('2024-01-01') }))
      await api.world.db.tables.email_threads.create({ data: { ...thread, id: newId(), subject, updated_at } });
    const { body } = await here.owner.get(`/v1/contacts/${contact_id}/email-threads`);
    const thread_id = expect.stringMatching(/^thr_/);
    const shared = { thread_id, last_message_id: '<m@x>', message_count: 3 };
    expect(body.email_threads).toEqual([
      { ...shared, subject: 'new', updated_at: '2024-01-01T00:00:00.000Z' },
      { ...shared, subject: 'old', updated_at: '2020-01-01T00:00:00.000Z' },
    ]);
  });
});

describe('companies', () => {
  it('may be many without a domain', async () => {
    for (const name of ['Acme', 'Acme']) expect((await here.owner.post('/v1/companies', { name })).status).toBe(201);
  });

  it('may give up their domain for a name', async () => {
    const { company_id } = (await here.owner.post('/v1/companies', { domain: 'acme.example' })).body.company;
    const { body } = await here.owner.patch(`/v1/companies/${company_id}`, { domain: null, name: 'Acme' });
    expect(body.company).toMatchObject({ domain: null, name: 'Acme' });
  });
});

describe('tasks', () => {
  it('are listed for the workspace and for a contact, done or not', async () => {
    const there = await api.tenant();
    const { contact_id } = (await here.owner.post('/v1/contacts', { email: 'ann@example.com' })).body.contact;
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
    await here.refuses('INVALID', () => here.owner.get('/v1/tasks?completed=maybe'));
  });

  it('are changed, done once, and reopened', async () => {
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
});

describe('contacts', () => {
  const create = (by: Client, body: object): Promise<Reply> => by.post('/v1/contacts', body);
  const added = async (body: object = { email: 'ann@example.com' }): Promise<string> =>
    (await create(here.owner, body)).body.contact.contact_id;
  const row = async ({ id }: Tenant) => api.world.db.tables.contacts.findFirstOrThrow({ where: { workspace_id: id } });

  describe('an address with an international domain', () => {
    const [own, wire] = ['ann@bücher.example', 'ann@xn--bcher-kva.example'];

    it.each([
      [own, wire],
      [wire, own],
    ])('spelt %s is one with %s: shown in its letters, found, taken and unsubscribed in both', async (one, other) => {
      const contact_id = await added({ email: one });
      expect((await row(here)).email).toBe(wire);
      for (const email of [one, other.toUpperCase()]) {
        const { contacts } = (await here.owner.get('/v1/contacts', { email })).body;
        expect(contacts).toMatchObject([{ contact_id, email: own }]);
        await here.refuses('CONFLICT', () => create(here.owner, { email }));
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
        await here.refuses(
          'INVALID',
          () => here.owner.post('/v1/actions', { type: 'email_message', identity_id, params }),
          ['params.email'],
        );
      }
    });

    it.each(['a=b@host.example', 'a/b@host.example', 'bounce+x=y@host.example'])(
      'accepts %s as contact, as sender and as recipient, and lets it unsubscribe',
      async (email) => {
        const contact_id = await added({ email });
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
        const refused = await here.refuses('INVALID', () => here.owner.post('/v1/actions', mail));
        expect(refused.error).toContain('has unsubscribed');
      },
    );
  });

  describe('PATCH /v1/contacts/{contact_id}', () => {
    const patch = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/contacts/${id}`, body);

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
      const id = await added();
      const first = (await patch(here.owner, id, { unsubscribed: true })).body.contact.unsubscribed_at;
      expect(first).toEqual(expect.any(String));
      expect((await patch(here.owner, id, { unsubscribed: true })).body.contact.unsubscribed_at).toBe(first);
      await patch(here.owner, id, { unsubscribed: false });
      expect((await row(here)).unsubscribed_at).toBeNull();
    });
  });
});
