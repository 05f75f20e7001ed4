import { openSecret } from '@proviso/core';
import { clientOf, holdings, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

const SCHEMA = {
  type: 'object',
  properties: { order: { type: 'string' }, amount: { type: 'number', minimum: 0 } },
  required: ['order'],
  additionalProperties: false,
};
const REFUND = { name: 'shop.refund', url: 'https://tools.example.com/refund', input_schema: SCHEMA };

describe('tools', () => {
  const { api, here } = useTenant();
  const register = (by: Client, more: object = {}, headers = {}): Promise<Reply> =>
    by.post('/v1/tools', { ...REFUND, ...more }, headers);
  const rowOf = ({ id: workspace_id }: Tenant, name = REFUND.name) =>
    api.world.db.tables.tools.findUniqueOrThrow({ where: { workspace_id_name: { workspace_id, name } } });

  describe('POST /v1/tools', () => {
    it('registers a tool and shows its secret once', async () => {
      const { status, body } = await register(here.owner);
      expect(status).toBe(201);
      expect(body).toEqual({
        status: 'success',
        secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
        untested: [],
        tool: {
          ...REFUND,
          version: 1,
          idempotent: false,
          created_at: expect.any(String),
          updated_at: expect.any(String),
        },
      });
      const list = await here.owner.get('/v1/tools');
      expect(list.body).toMatchObject({ tools: [body.tool], pagination: { total_items: 1 } });
      expect(list.text).not.toContain('secret');
    });

    it('encrypts the secret in the row, for that tool of that workspace only', async () => {
      const there = await api.tenant();
      const { secret } = (await register(here.owner)).body;
      const sealed = (await rowOf(here)).secret;
      const open = (id: string) => openSecret(api.world.secrets, sealed, `tools.secret:${id}/${REFUND.name}`);
      expect(open(here.id)).toEqual({ secret });
      expect(() => open(there.id)).toThrow();
    });

    it('creates a new version for a known name, with the same secret', async () => {
      await register(here.owner);
      const { secret } = await rowOf(here);
      const { status, body } = await register(here.owner, { url: 'https://tools.example.com/2', idempotent: true });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        secret: null,
        tool: { version: 2, idempotent: true, url: 'https://tools.example.com/2' },
      });
      expect((await rowOf(here)).secret).toBe(secret);
      expect((await here.owner.get('/v1/tools')).body.tools).toEqual([body.tool]);
    });

    it('continues counting after a deletion, with a new secret, so no approval matches twice', async () => {
      const { secret } = (await register(here.owner)).body;
      await here.owner.delete(`/v1/tools/${REFUND.name}`);
      const { body } = await register(here.owner);
      expect(body.tool.version).toBe(2);
      expect(body.secret).toMatch(/^whsec_/);
      expect(body.secret).not.toBe(secret);
    });

    it('gives each of many simultaneous registrations its own version, and one of them the secret', async () => {
      const replies = await Promise.all(Array.from({ length: 5 }, () => register(here.owner)));
      expect(replies.map(({ body }) => body.tool.version).sort()).toEqual([1, 2, 3, 4, 5]);
      expect(replies.filter(({ body }) => body.secret)).toHaveLength(1);
    });

    it('replays the same Idempotency-Key without the secret, which is not stored', async () => {
      const key = { 'Idempotency-Key': 'k' };
      const first = await register(here.owner, {}, key);
      const again = await register(here.owner, {}, key);
      expect(again.body).toEqual({ ...first.body, secret: null });
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect((await rowOf(here)).version).toBe(1);
      expect(JSON.stringify(await holdings(api.world, here))).not.toContain(first.body.secret);
      await here.refuses('IDEMPOTENCY_MISMATCH', () => register(here.owner, { idempotent: true }, key));
    });

    it.each<[string, object, string]>([
      ['no name', { name: undefined }, 'name'],
      ['a name with a slash', { name: 'a/b' }, 'name'],
      ['a name of 65 characters', { name: 'x'.repeat(65) }, 'name'],
      ['a built-in’s name', { name: 'create_note' }, 'name'],
      ['no url', { url: undefined }, 'url'],
      ['another scheme', { url: 'ftp://tools.example.com' }, 'url'],
      ['http elsewhere than on this machine', { url: 'http://tools.example.com' }, 'url'],
      ['credentials in the url', { url: 'https://user:pass@tools.example.com' }, 'url'],
      ['no schema', { input_schema: undefined }, 'input_schema'],
      ['a schema that is text', { input_schema: '{}' }, 'input_schema'],
      ['a schema of no object', { input_schema: { type: 'string' } }, 'input_schema'],
      ['a schema that is none', { input_schema: { type: 'object', properties: 7 } }, 'input_schema'],
      ['a schema that lives elsewhere', { input_schema: { $ref: 'https://example.com/s.json' } }, 'input_schema'],
      ['a schema of 65 KiB', { input_schema: { description: 'x'.repeat(65 * 1024) } }, 'input_schema'],
      ['idempotent that is text', { idempotent: 'yes' }, 'idempotent'],
      ['an unknown field', { secret: 'mine' }, 'secret'],
    ])('refuses %s', async (_, more, path) => {
      await here.refuses('INVALID', () => register(here.owner, more), [path]);
    });

    it('reports which parts of the schema are not validated, also in each preview, and validates the rest', async () => {
      const properties = { order: { type: 'string', pattern: '^(?!x)' }, amount: { type: 'number' } };
      const { status, body } = await register(here.owner, { input_schema: { type: 'object', properties } });
      const untested = [expect.stringContaining('the pattern ^(?!x) is not RE2 syntax') as string];
      expect([status, body]).toMatchObject([201, { untested }]);
      const call = (params: object) =>
        here.owner.post('/v1/actions', { type: REFUND.name, identity_id: here.identityId, params });
      const { action } = (await call({ order: 'x1', amount: 5 })).body;
      expect(action.preview?.warnings?.join()).toContain(
        'not validated by the whole schema of the tool: the pattern ^(?!x)',
      );
      await here.refuses('INVALID', () => call({ order: 'x1', amount: '5' }), ['params.amount']);
    });

    it('accepts http on this machine if the operator allows private addresses', async () => {
      for (const url of ['http://localhost:9/x', 'http://127.0.0.1:9/x', 'http://[::1]:9/x'])
        expect((await register(here.owner, { url })).status).toBe(201);
    });

    it('refuses to register without encryption keys, and says why', async () => {
      const owner = clientOf(await api.another({ secrets: new Map() }), await here.token({}));
      await here.refuses('UNAVAILABLE', () => register(owner));
    });
  });

  describe('DELETE /v1/tools/{name}', () => {
    const remove = (by: Client, name = REFUND.name): Promise<Reply> => by.delete(`/v1/tools/${name}`);

    it('deletes the tool once: its name cannot be listed, proposed or paused', async () => {
      const { tool } = (await register(here.owner)).body;
      await here.owner.post('/v1/pause', { type: tool.name });
      const { status, body } = await remove(here.owner);
      expect(status).toBe(200);
      expect(body.tool).toMatchObject({ name: tool.name, version: 1 });
      expect((await here.owner.get('/v1/tools')).body).toMatchObject({ tools: [], pagination: { total_items: 0 } });
      expect((await here.owner.get('/v1/pause')).body.paused).toEqual([]);
      const proposal = { type: REFUND.name, identity_id: here.identityId, params: { order: '1' } };
      await here.refuses('INVALID', () => here.owner.post('/v1/actions', proposal), ['type']);
      await here.refuses('NOT_FOUND', () => remove(here.owner));
    });

    it('refuses a body with fields', async () => {
      await register(here.owner);
      await here.refuses('INVALID', () => here.owner.delete(`/v1/tools/${REFUND.name}`, { force: true }));
    });
  });

  it('pages through the tools by name, and shows none of another workspace', async () => {
    const there = await api.tenant();
    for (const name of ['c', 'a', 'b']) await register(here.owner, { name });
    await register(there.owner, { name: 'theirs' });
    const page = await here.owner.get('/v1/tools', { limit: '2', skip: '1' });
    expect(page.body.tools.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(page.body.pagination).toMatchObject({ total_items: 3 });
  });

  describe('as a type', () => {
    const refund = (more: object = {}) =>
      here.propose({
        type: REFUND.name,
        params: { order: '4711', amount: 5 },
        require_approval: true,
        ...more,
      });

    it('is proposed with a preview of every field and with valid params', async () => {
      await register(here.owner);
      const { preview } = await refund();
      expect(preview).toEqual({
        title: 'Call shop.refund',
        summary: 'Call shop.refund: amount 5, order 4711',
        fields: [
          { label: 'Called at', value: REFUND.url },
          { label: 'Tool version', value: 1 },
          { label: 'When the answer is lost', value: 'it is not called again' },
          { label: 'input["amount"]', value: 5 },
          { label: 'input["order"]', value: '4711' },
        ],
      });
    });

    it.each<[string, object, string]>([
      ['without what is required', { amount: 1 }, 'params.order'],
      ['of another type', { order: 4711 }, 'params.order'],
      ['out of range', { order: '1', amount: -1 }, 'params.amount'],
      ['that are unknown', { order: '1', note: 'x' }, 'params.note'],
    ])('refuses params %s and names them', async (_, params, path) => {
      await register(here.owner);
      const body = { type: REFUND.name, identity_id: here.identityId, params };
      await here.refuses('INVALID', () => here.owner.post('/v1/actions', body), [path]);
    });

    it('is known only in its own workspace, where an error lists it', async () => {
      const there = await api.tenant();
      await register(here.owner);
      const body = { type: REFUND.name, identity_id: there.identityId, params: { order: '1' } };
      const refused = await there.refuses('INVALID', () => there.owner.post('/v1/actions', body));
      expect(refused.error).not.toContain('shop.refund,');
      const { error } = (await here.owner.post('/v1/actions', { ...body, type: 'no_such_type' })).body;
      expect(error).toContain('create_note');
      expect(error).toContain('shop.refund');
    });

    it('can be paused, and be among an agent’s auto-approved types', async () => {
      await register(here.owner);
      expect((await here.owner.post('/v1/pause', { type: REFUND.name })).status).toBe(200);
      const bot = await here.agentId('bot');
      const settings = { auto_approve_types: [REFUND.name] };
      expect((await here.owner.patch(`/v1/agents/${bot}`, settings)).status).toBe(200);
      const agent = await here.client({ agent: 'bot' });
      expect(await here.propose({ type: REFUND.name, params: { order: '1' } }, agent)).toMatchObject({
        status: 'auto_approved',
      });
    });

    it('is previewed again before approval when the tool has a new version', async () => {
      await register(here.owner);
      const { action_id, params_hash } = await refund();
      await register(here.owner, { url: 'https://tools.example.com/2' });
      const approve = (hash: string) =>
        here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', params_hash: hash });
      const stale = await approve(params_hash);
      expect([stale.status, stale.body.code]).toEqual([409, 'CONFLICT']);
      expect(stale.body.action.params_hash).not.toBe(params_hash);
      expect((await approve(stale.body.action.params_hash)).body.action.status).toBe('approved');
    });

    it('is not approved with params that the new schema refuses, but with a valid edit', async () => {
      await register(here.owner);
      const { action_id } = await refund();
      await register(here.owner, {
        input_schema: {
          ...SCHEMA,
          required: ['order', 'reason'],
          properties: { ...SCHEMA.properties, reason: { type: 'string' } },
        },
      });
      const decide = (body: object) => here.owner.post(`/v1/actions/${action_id}/approve`, body);
      const { params_hash } = (await decide({ action: 'approve' })).body.action;
      await here.refuses('INVALID', () => decide({ action: 'approve', params_hash }), ['params.reason']);
      const edited = await decide({ action: 'edit', edits: { reason: 'broken' }, params_hash });
      expect(edited.body.action).toMatchObject({ status: 'approved', params: { order: '4711', reason: 'broken' } });
    });
  });

  describe('an edit to null', () => {
    const input_schema = {
      type: 'object',
      properties: {
        order: { type: 'string' },
        reason: { type: 'string' },
        note: { type: ['string', 'null'] },
        n: { type: 'integer' },
      },
      required: ['order'],
      additionalProperties: false,
    };
    const params = { order: '1', reason: 'broken', note: 'x', n: 1 };
    const proposed = async (): Promise<string> => {
      await register(here.owner, { input_schema });
      return (await here.pending({ type: REFUND.name, params })).action_id;
    };
    const edit = (id: string, edits: object, more: object = {}): Promise<Reply> =>
      here.owner.post(`/v1/actions/${id}/approve`, { action: 'edit', edits, ...more });

    it('takes a field out where the schema takes no null, is null where it does, and is in the record', async () => {
      const edits = { reason: null, n: null, note: null, order: '2' };
      const { body } = await edit(await proposed(), edits);
      expect(body.action).toMatchObject({ status: 'approved', original_params: params, approval: { edits } });
      expect(body.action.params).toEqual({ order: '2', note: null });
    });

    it('is refused for a field that the schema requires, and changes nothing', async () => {
      const id = await proposed();
      await here.refuses('INVALID', () => edit(id, { order: null }), 'params.order');
    });

    it('stays taken out when the approval is taken back', async () => {
      const id = await proposed();
      await edit(id, { reason: null }, { hold_seconds: 60 });
      const { body } = await here.owner.post(`/v1/actions/${id}/recall`, {});
      expect(body.action).toMatchObject({ status: 'pending_approval', original_params: params });
      expect(body.action.params).toEqual({ order: '1', note: 'x', n: 1 });
    });
  });

  describe('GET /v1/tools/{name}/input-schema', () => {
    it('shows a viewer the schema of a tool, and nothing else of it', async () => {
      await register(here.owner);
      const viewer = await here.client({ role: 'viewer' });
      const { status, body } = await viewer.get(`/v1/tools/${REFUND.name}/input-schema`);
      expect([status, body]).toEqual([200, { status: 'success', input_schema: SCHEMA }]);
    });

    it('knows no schema of an unknown, a built-in or a deleted tool', async () => {
      await register(here.owner);
      await here.owner.delete(`/v1/tools/${REFUND.name}`);
      for (const name of [REFUND.name, 'shop.unknown', 'create_note', 'x'.repeat(65)])
        await here.refuses('NOT_FOUND', () => here.owner.get(`/v1/tools/${name}/input-schema`));
    });
  });
});
