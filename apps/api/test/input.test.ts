import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { formatId, newId } from '@proviso/core';
import { routes } from '../src/app.ts';
import { addTask, inFuture, invalidAt, proposal, uuidOf, useTenant, type Method, type Reply } from './test-api.ts';

const MIB = 1024 * 1024;
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('input', () => {
  const { api, here } = useTenant();
  const contact = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Reply> =>
    here.owner.raw('post', '/v1/contacts', body, headers);
  const withProperties = (json: string): string => `{"email":"a@example.com","properties":${json}}`;

  describe('refuses an invalid or ambiguous body and writes nothing:', () => {
    it.each<[string, string | Buffer]>([
      ['no JSON', 'email=a@example.com'],
      ['half of it', '{"email":'],
      ['two values', '{"email":"a@example.com"} {}'],
      ['a comment', '{"email":"a@example.com" /* me */}'],
      ['a trailing comma', '{"email":"a@example.com",}'],
      ['single quotes', "{'email':'a@example.com'}"],
      ['NaN', withProperties('{"a":NaN}')],
      ['a list', '[]'],
      ['text', '"a@example.com"'],
      ['null', 'null'],
      ['bytes that are not UTF-8', Buffer.from([...Buffer.from('{"email":"'), 0xff, 0xfe, ...Buffer.from('"}')])],
      ['NUL', withProperties('{"a":"\\u0000"}')],
      ['NUL in a key', withProperties('{"a\\u0000":1}')],
      ['a lone high surrogate', withProperties('{"a":"\\ud800"}')],
      ['a lone low surrogate in a key', withProperties('{"\\udc00":1}')],
      ['the wrong order of surrogates', withProperties('{"a":"\\udc00\\ud800"}')],
      ['an integer beyond 2^53', withProperties('{"a":9007199254740993}')],
      ['one below -2^53', withProperties('{"a":-9007199254740993}')],
      ['one in disguise', withProperties('{"a":9.007199254740993e15}')],
      ['a number that overflows', withProperties('{"a":1e400}')],
      ['one that vanishes', withProperties('{"a":1e-400}')],
      ['a key twice', '{"email":"a@example.com","email":"b@example.com"}'],
      ['a key twice, deep inside', withProperties('{"a":[{"b":1,"b":2}]}')],
      ['a key twice, once escaped', withProperties('{"a":1,"\\u0061":2}')],
      ['a key twice, with one value', '{"email":"a@example.com","email":"a@example.com"}'],
      [
        'a key twice with one value, deep inside, beside colons in text',
        withProperties('{"a":": \\": :","b":{"c":1,"c":1}}'),
      ],
      ['__proto__', '{"email":"a@example.com","__proto__":{"lifecycle_stage":"customer"}}'],
      ['__proto__ inside', withProperties('{"__proto__":{"a":1}}')],
      ['nesting of 33', withProperties(nested(32))],
      ['nesting of 100 000', withProperties(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ])('%s', async (_, body) => {
      await here.refuses('INVALID', () => contact(body));
    });
  });

  it('names a duplicate field', async () => {
    await here.refuses('INVALID', () => contact('{"email":"a@example.com","email":"b@example.com"}'), ['email']);
  });

  it.each([
    ['nesting of 32', nested(31)],
    ['the largest integers', '{"a":9007199254740991,"b":-9007199254740991}'],
    ['pairs of surrogates', '{"a":"\\ud83c\\udf89","🎉":"🎉"}'],
    ['small and negative numbers', '{"a":1e-300,"b":-0.1,"c":1.5e10}'],
    ['keys that JavaScript has a meaning for', '{"constructor":1,"prototype":2,"hasOwnProperty":3,"length":4}'],
    ['escapes', '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t"}'],
  ])('stores %s unchanged', async (_, json) => {
    const { status, body } = await contact(withProperties(json));
    expect(status).toBe(201);
    const stored = await api.world.db.tables.contacts.findFirstOrThrow({ where: { workspace_id: here.id } });
    expect(stored.properties).toEqual(JSON.parse(json));
    expect(body.contact.properties).toEqual(JSON.parse(json));
  });

  describe('a body’s size', () => {
    const padded = (bytes: number): string => {
      const empty = withProperties('{"a":""}');
      return withProperties(`{"a":"${'x'.repeat(bytes - empty.length)}"}`);
    };
    it('may be 1 MiB and not a byte more', async () => {
      await here.refuses('PAYLOAD_TOO_LARGE', () => contact(padded(MIB + 1)));
      expect((await contact(padded(MIB))).status).toBe(201);
    });

    it('counts compressed bytes too: blocks that decompress to nothing', async () => {
      const nothing = Buffer.alloc(5 * 500_000);
      for (let at = 0; at < nothing.length; at += 5) nothing.writeUInt16LE(0xffff, at + 3); // stored, not the last, of no bytes
      const body = new Blob([Buffer.from([0x78, 0x9c]), nothing]).stream(); // of no length that is known beforehand
      const Authorization = `Bearer ${await here.token({})}`;
      const headers = { Authorization, 'Content-Type': 'application/json', 'Content-Encoding': 'deflate' };
      const request = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
      const reply = await fetch(`${api.url}/v1/contacts`, request);
      expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    });

    it('may not decompress to more than 200 times its size beyond 1 MiB', async () => {
      const { action_id } = await here.pending();
      const body = (bytes: number): string =>
        JSON.stringify({ action: 'reject', action_ids: [action_id] }).padEnd(bytes);
      const bulk = (bytes: number): Promise<Reply> =>
        here.owner.raw('post', '/v1/actions/approve/bulk', gzipSync(body(bytes)), { 'Content-Encoding': 'gzip' });
      const refused = await here.refuses('PAYLOAD_TOO_LARGE', () => bulk(2 * MIB));
      expect(refused.error).toContain('200 times');
      expect((await bulk(MIB)).body.processed).toBe(1);
    });

    it('takes a bulk of a thousand mails from one template, packed', async () => {
      const identity_id = await here.identity('smtp', { host: 'h', port: 25, from: 'a@example.com' });
      const message = Array.from({ length: 300 }, (_, word) => `word${word * word}`).join(' ');
      const actions = Array.from({ length: 1000 }, (_, index) => ({
        type: 'email_message',
        identity_id,
        params: { email: `${index}@example.com`, subject: `Hello ${index}`, message },
      }));
      const packed = gzipSync(JSON.stringify({ actions }));
      const { body } = await here.owner.raw('post', '/v1/actions/bulk', packed, { 'Content-Encoding': 'gzip' });
      expect([body.created, body.failed]).toEqual([1000, []]);
    });

    it('is limited in values and keys as well', async () => {
      const list = (values: number): string => withProperties(`{"a":[${Array(values).fill(0).join()}]}`);
      const keys = (count: number): string =>
        withProperties(JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, 0]))));
      const many = await here.refuses('INVALID', () => contact(list(20_000)));
      expect(many.error).toContain('more than 20000 values');
      const wide = await here.refuses('INVALID', () => contact(keys(10_000)));
      expect(wide.error).toContain('more than 10000 keys');
      expect((await contact(list(19_000))).status).toBe(201);
    });

    it('counts decompressed bytes', async () => {
      const bomb = gzipSync(padded(8 * MIB));
      expect(bomb.length).toBeLessThan(MIB / 10);
      await here.refuses('PAYLOAD_TOO_LARGE', () => contact(bomb, { 'Content-Encoding': 'gzip' }));
    });

    it('may be 4 MiB for a bulk', async () => {
      const { action_id } = await here.pending();
      const bulk = (bytes: number): Promise<Reply> => {
        const body = JSON.stringify({ action: 'reject', action_ids: [action_id] });
        return here.owner.raw('post', '/v1/actions/approve/bulk', body.padEnd(bytes));
      };
      await here.refuses('PAYLOAD_TOO_LARGE', () => bulk(4 * MIB + 1));
      expect((await bulk(4 * MIB)).body.processed).toBe(1);
    });
  });

  describe('a body’s type', () => {
    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/xml',
      'multipart/form-data; boundary=x',
      '',
    ])('is refused if it is %s', async (type) => {
      const request = {
        method: 'POST',
        body: Buffer.from('{"email":"a@example.com"}'),
        headers: {} as Record<string, string>,
      };
      request.headers.Authorization = `Bearer ${await here.token({})}`;
      if (type) request.headers['Content-Type'] = type;
      const before = await api.world.db.tables.contacts.count();
      const reply = await fetch(`${api.url}/v1/contacts`, request);
      expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
      expect(await api.world.db.tables.contacts.count()).toBe(before);
    });

    it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'])(
      'is accepted if it is %s',
      async (type) => {
        expect((await contact('{"email":"a@example.com"}', { 'Content-Type': type })).status).toBe(201);
      },
    );

    it('is refused in an unknown encoding', async () => {
      await here.refuses('UNSUPPORTED_MEDIA_TYPE', () => contact('{}', { 'Content-Encoding': 'rot13' }));
    });

    it('is refused if it is compressed twice', async () => {
      const twice = gzipSync(gzipSync('{"email":"a@example.com"}'));
      await here.refuses('UNSUPPORTED_MEDIA_TYPE', () => contact(twice, { 'Content-Encoding': 'gzip, gzip' }));
    });

    it('may be compressed', async () => {
      const packings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, identity: Buffer.from };
      for (const [encoding, pack] of Object.entries(packings)) {
        const packed = pack(Buffer.from(`{"email":"${encoding}@example.com"}`));
        expect((await contact(packed, { 'Content-Encoding': encoding })).status).toBe(201);
      }
      await here.refuses('INVALID', () => contact(Buffer.from('not gzip'), { 'Content-Encoding': 'gzip' }));
    });
  });

  describe('a body that is absent', () => {
    it.each(['execute', 'cancel', 'reject'])('is enough for %s', async (verb) => {
      const { action_id } = await here.pending({ scheduled_time: inFuture() });
      const Authorization = `Bearer ${await here.token({})}`;
      const reply = await fetch(`${api.url}/v1/actions/${action_id}/${verb}`, {
        method: 'POST',
        headers: { Authorization },
      });
      expect(reply.status).toBe(200);
      expect((await api.recorded(action_id)).row.version).toBe(2);
    });

    it('is not, where a field is required', async () => {
      for (const path of ['/v1/actions', '/v1/contacts', '/v1/identities', '/v1/actions/approve/bulk'])
        await here.refuses('INVALID', () => here.owner.post(path));
    });
  });

  /** Every route that writes, and one of everything that it could be addressed to. */
  const bodies = routes.filter(({ body }) => body);
  describe.each(bodies.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
    const furnished = async (): Promise<string> => {
      const { action_id, batch_id } = await here.pending({ mission_id: newId() });
      const { body } = await here.owner.post('/v1/contacts', { email: 'x@example.com' });
      const agent_id = await here.agentId();
      const data = { id: newId(), workspace_id: here.id, name: 'Billing' };
      const gateway = await api.world.db.tables.gateways.create({ data });
      const ids: Record<string, string> = {
        action_id,
        pa_id: action_id,
        batch_id: batch_id ?? '',
        contact_id: body.contact.contact_id,
        company_id: (await here.owner.post('/v1/companies', { name: 'Acme' })).body.company.company_id,
        task_id: await addTask(api.world, here),
        identity_id: here.identityId,
        user_id: (await here.owner.get('/v1/auth/status')).body.user.user_id,
        key_id: (await here.owner.post('/v1/api-keys', { name: 'x', scopes: [] })).body.api_key.key_id,
        invitation_id: (await here.owner.post('/v1/invitations', { email: 'x@example.com', role: 'viewer' })).body
          .invitation.invitation_id,
        agent_id,
        run_id: (await here.owner.post(`/v1/agents/${agent_id}/runs`)).body.run.run_id,
        action_index: '0',
        gateway_id: formatId('gateway', gateway.id),
        webhook_id: (await here.owner.post('/v1/webhooks', { url: 'https://hooks.example.com' })).body.webhook
          .webhook_id,
      };
      return route.path.replaceAll(/\{(\w+)\}/g, (__, name: string) => ids[name] ?? '');
    };

    it('refuses an unknown field, and names it', async () => {
      const path = await furnished();
      await here.refuses(
        invalidAt(path),
        () => here.owner.raw(route.method as Method, path, '{"no_such_field":1}'),
        'no_such_field',
      );
    });

    it('refuses what is no object, and any query', async () => {
      const path = await furnished();
      for (const body of ['null', '[]', '7', '"x"', 'true', '[{}]'])
        await here.refuses(invalidAt(path), () => here.owner.raw(route.method as Method, path, body));
      await here.refuses(invalidAt(path), () => here.owner.raw(route.method as Method, `${path}?dry_run=1`, '{}'));
    });
  });

  it.each([
    '/v1/actions/%ZZ',
    '/v1/actions/%E0%A4%A',
    '/v1/actions/..%2f..%2fetc',
    '/v1/actions?list_id=%ff%fe',
    '/v1/contacts/%F0%9F%8E%89',
  ])('has no trouble with an address such as %s', async (path) => {
    expect((await here.owner.get(path)).status).toBeLessThan(500);
  });

  it('answers no nonsense with a 5xx', async () => {
    const { action_id } = await here.pending();
    const nonsense = [
      null,
      true,
      0,
      -1,
      1.5,
      '',
      'x',
      '\ufffd',
      [],
      [[]],
      {},
      { a: { b: [] } },
      'a'.repeat(70_000),
      '2100-13-45T99:99:99Z',
      '9'.repeat(300),
    ];
    const sound = proposal(here, {
      description: 'd',
      scheduled_time: inFuture(),
      list_id: 'l',
      metadata: {},
      direct: false,
      mission_id: uuidOf(action_id),
    });
    for (const field of [...Object.keys(sound), 'expires_at', 'session_id', 'item_id', 'require_approval'])
      for (const value of nonsense) {
        const { status, text } = await here.owner.post('/v1/actions', { ...sound, [field]: value });
        expect([field, value, status < 500 ? 'fine' : text]).toEqual([field, value, 'fine']);
      }
  }, 60_000);
});
