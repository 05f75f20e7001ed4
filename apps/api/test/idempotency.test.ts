import { newId } from '@proviso/core';
import { until } from '@proviso/testing';
import {
  inFuture,
  proposal,
  SMTP,
  actThroughSmtp,
  useTenant,
  type Client,
  type Reply,
  type Tenant,
} from './test-api.ts';

interface Ask {
  path: string;
  body?: object;
}

type Verb = [name: string, prepare: (here: Tenant) => Promise<Ask>, counts: string];
/** What is done to an action that waits. */
const toAction = (name: string, verb: string, body?: object, more?: object): Verb => [
  name,
  async (here) => ({ path: `${await waiting(here, more)}/${verb}`, ...(body && { body }) }),
  verb === 'snooze' ? 'snoozes' : 'action_events',
];

/** Every POST that writes, with what it needs to exist first. */
const VERBS: Verb[] = [
  ['create', async (here) => ({ path: '/v1/actions', body: proposal(here) }), 'actions'],
  ['create many', async (here) => ({ path: '/v1/actions/bulk', body: { actions: [proposal(here), 7] } }), 'actions'],
  toAction('approve', 'approve', { action: 'approve' }),
  toAction('edit', 'approve', { action: 'edit', edits: { say: 'x' } }),
  toAction('reject', 'reject'),
  toAction('cancel', 'cancel'),
  toAction('recall', 'recall', {}, { require_approval: false }),
  toAction('assign', 'assign', { user_id: null }),
  toAction('comment', 'comments', { comment: 'x' }),
  toAction('snooze', 'snooze', { until: null }),
  toAction('execute a pending one', 'execute'),
  toAction('execute', 'execute', undefined, { require_approval: false }),
  [
    'bulk',
    async (here) => {
      const action_ids = [(await here.pending()).action_id, (await here.pending()).action_id];
      return { path: '/v1/actions/approve/bulk', body: { action: 'approve', action_ids } };
    },
    'action_events',
  ],
  [
    'create a pending action',
    async (here) => ({
      path: '/api/pending-actions',
      body: { workspaceId: here.id, toolName: 'probe_idempotent', toolInput: { say: 'x' } },
    }),
    'actions',
  ],
  [
    'approve a pending action',
    async (here) => ({ path: `${await pendingAt(here)}/approve`, body: { userEdits: { say: 'x' } } }),
    'action_events',
  ],
  ['reject a pending action', async (here) => ({ path: `${await pendingAt(here)}/reject` }), 'action_events'],
  [
    'batch-approve pending actions',
    async (here) => {
      const { action_id, batch_id } = await here.pending({ mission_id: newId() });
      const body = { items: [{ pendingActionId: action_id }] };
      return { path: `/api/pending-actions/batch/${batch_id}/approve`, body };
    },
    'action_events',
  ],
  ['views', async () => ({ path: '/v1/views', body: { name: 'Mail', filters: {} } }), 'views'],
  ['agents', async () => ({ path: '/v1/agents', body: { name: 'Scout' } }), 'agents'],
  ['contacts', async () => ({ path: '/v1/contacts', body: { email: 'a@example.com' } }), 'contacts'],
  ['notes', async (here) => ({ path: `${await contact(here)}/notes`, body: { content: 'c' } }), 'notes'],
  ['companies', async () => ({ path: '/v1/companies', body: { domain: 'example.com' } }), 'companies'],
  [
    'notes on a company',
    async (here) => {
      const { company_id } = (await here.owner.post('/v1/companies', { name: 'Acme' })).body.company;
      return { path: `/v1/companies/${company_id}/notes`, body: { content: 'c' } };
    },
    'notes',
  ],
  [
    'e-mail messages',
    async (here) => {
      await contact(here);
      const at = '2026-01-02T03:04:05Z';
      const body = { direction: 'inbound', message_id: '<m@x>', from: 'a@example.com', to: 'b@example.com', at };
      return { path: '/v1/email-messages', body };
    },
    'email_messages',
  ],
  [
    'identities',
    async () => ({
      path: '/v1/identities',
      body: {
        provider: 'smtp',
        name: 'n',
        config: { host: 'mail.example.com', port: 25, from: 'us@example.com' },
        credentials: { user: 'us', pass: 'v' },
      },
    }),
    'identities',
  ],
  ['pause', async () => ({ path: '/v1/pause', body: { type: 'create_note' } }), 'pauses'],
];

const waiting = async (here: Tenant, more: object = {}): Promise<string> =>
  `/v1/actions/${(await here.pending({ scheduled_time: inFuture(), ...more })).action_id}`;
const pendingAt = async (here: Tenant): Promise<string> => `/api/pending-actions/${(await here.pending()).action_id}`;
const contact = async (here: Tenant): Promise<string> =>
  `/v1/contacts/${(await here.owner.post('/v1/contacts', { email: 'a@example.com' })).body.contact.contact_id}`;

describe('Idempotency-Key', () => {
  const { api, here } = useTenant();
  const send = (by: Client, { path, body }: Ask, key: string): Promise<Reply> =>
    by.post(path, body, { 'Idempotency-Key': key });
  const count = async ({ id }: Tenant, table: string): Promise<number> => {
    const { rows } = await api.world.db.pool.query<{ n: number }>(
      `select count(*)::int as n from ${table} where workspace_id = $1`,
      [id],
    );
    return rows[0]?.n ?? -1;
  };
  const replayed = ({ headers }: Reply): string | undefined => headers['idempotency-replayed'];

  describe.each(VERBS)('on %s', (_, prepare, table) => {
    it('replays the same bytes, says so, and does nothing again', async () => {
      const ask = await prepare(here);
      const before = await count(here, table);
      const first = await send(here.owner, ask, 'k');
      const after = await count(here, table);
      const second = await send(here.owner, ask, 'k');
      expect([first.status < 300, replayed(first)]).toEqual([true, undefined]);
      expect([second.status, second.text, replayed(second)]).toEqual([first.status, first.text, 'true']);
      expect(after).toBeGreaterThan(before);
      expect(await count(here, table)).toBe(after);
    });

    it('has one effect for twenty at once, which all get the same reply', async () => {
      const ask = await prepare(here);
      const control = await api.tenant();
      const once = await prepare(control);
      const before = [await count(here, table), await count(control, table)] as const;
      await send(control.owner, once, 'k');
      const replies = await Promise.all(Array.from({ length: 20 }, () => send(here.owner, ask, 'k')));
      expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(replies.filter((reply) => replayed(reply) === 'true')).toHaveLength(19);
      expect((await count(here, table)) - before[0]).toBe((await count(control, table)) - before[1]);
    });

    it('refuses another body under the same key', async () => {
      const ask = await prepare(here);
      await send(here.owner, ask, 'k');
      const path = '/v1/contacts';
      await here.refuses('IDEMPOTENCY_MISMATCH', () =>
        send(here.owner, { path, body: { email: 'other@example.com' } }, 'k'),
      );
      const other = { ...ask, path: '/v1/resume', body: {} };
      await here.refuses('IDEMPOTENCY_MISMATCH', () => send(here.owner, other, 'k'));
    });

    it('is separate for each token and workspace', async () => {
      const ask = await prepare(here);
      expect(replayed(await send(here.owner, ask, 'k'))).toBeUndefined();
      const again = await send(await here.client({}), ask, 'k');
      expect(replayed(again)).toBeUndefined();
      const there = await api.tenant();
      const elsewhere = await send(there.owner, await prepare(there), 'k');
      expect([elsewhere.status < 300, replayed(elsewhere)]).toEqual([true, undefined]);
    });
  });

  it('does not store a failure: the same key works once the request does', async () => {
    const ask = { path: '/v1/actions', body: proposal(here) };
    await api.world.db.tables.identities.update({ where: { id: here.identityId }, data: { status: 'disabled' } });
    await here.refuses('INVALID', () => send(here.owner, ask, 'k'));
    await api.world.db.tables.identities.update({ where: { id: here.identityId }, data: { status: 'active' } });
    const reply = await send(here.owner, ask, 'k');
    expect([reply.status, replayed(reply)]).toEqual([200, undefined]);
    expect(await count(here, 'actions')).toBe(1);
  });

  it('does not store a lost decision', async () => {
    const path = await waiting(here);
    await here.owner.post(`${path}/reject`);
    await here.refuses('INVALID_STATE', () =>
      send(here.owner, { path: `${path}/approve`, body: { action: 'approve' } }, 'k'),
    );
  });

  it('does not store a refused contact', async () => {
    const body = { email: 'a@example.com' };
    await here.owner.post('/v1/contacts', body);
    await here.refuses('CONFLICT', () => send(here.owner, { path: '/v1/contacts', body }, 'k'));
  });

  describe('gives the first reply although meanwhile', () => {
    it('the action has moved on', async () => {
      const ask = { path: '/v1/actions', body: proposal(here, { scheduled_time: '2100-01-01T12:00:00.123456+05:30' }) };
      const first = await send(here.owner, ask, 'k');
      await here.owner.post(`/v1/actions/${first.body.action_id}/cancel`);
      expect((await send(here.owner, ask, 'k')).text).toBe(first.text);
    });

    it('the identity’s config has changed', async () => {
      await actThroughSmtp(here);
      const ask = { path: `${await waiting(here)}/approve`, body: { action: 'approve' } };
      const create = { path: '/v1/actions', body: proposal(here) };
      const first = [await send(here.owner, ask, 'a'), await send(here.owner, create, 'b')];
      const changed = await here.owner.patch(`/v1/identities/${here.identityId}`, { config: { ...SMTP, port: 25 } });
      expect(changed.status).toBe(200);
      const second = [await send(here.owner, ask, 'a'), await send(here.owner, create, 'b')];
      expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    });

    it('the identity was disabled', async () => {
      const ask = { path: '/v1/actions', body: proposal(here) };
      const first = await send(here.owner, ask, 'k');
      await here.owner.patch(`/v1/identities/${here.identityId}`, { status: 'disabled' });
      const second = await send(here.owner, ask, 'k');
      expect([second.status, second.text]).toEqual([200, first.text]);
    });

    it('the expiry has passed', async () => {
      const expires_at = new Date(Date.now() + 1_500).toISOString();
      const ask = { path: '/v1/actions', body: proposal(here, { expires_at }) };
      const first = await send(here.owner, ask, 'k');
      expect(first.status).toBe(200);
      await until('the expiry', () => Date.now() > Date.parse(expires_at) + 50);
      const second = await send(here.owner, ask, 'k');
      expect([second.status, second.text]).toEqual([200, first.text]);
    });

    it('the contact has unsubscribed', async () => {
      const smtp = await here.identity('smtp', { host: 'localhost', port: 25, from: 'me@example.com' });
      const path = await contact(here);
      const params = { email: 'a@example.com', subject: 's', message: 'm' };
      const ask = { path: '/v1/actions', body: { type: 'email_message', identity_id: smtp, params } };
      const first = await send(here.owner, ask, 'k');
      expect(first.status).toBe(200);
      await here.owner.patch(path, { unsubscribed: true });
      expect((await send(here.owner, ask, 'k')).text).toBe(first.text);
      await here.refuses('INVALID', () => send(here.owner, ask, 'another'));
    });
  });

  it('distinguishes actions with the same body', async () => {
    const [one, two] = [await waiting(here), await waiting(here)];
    await send(here.owner, { path: `${one}/cancel` }, 'k');
    await here.refuses('IDEMPOTENCY_MISMATCH', () => send(here.owner, { path: `${two}/cancel` }, 'k'));
  });

  it('ignores the formatting of the same JSON', async () => {
    const headers = { 'Idempotency-Key': 'k' };
    const first = await here.owner.raw(
      'post',
      '/v1/contacts',
      '{"email":"a@example.com","properties":{"a":1.0,"b":2}}',
      headers,
    );
    const second = await here.owner.raw(
      'post',
      '/v1/contacts',
      '{ "properties": {"b":2,"a":1}, "email": "a@example.com" }',
      headers,
    );
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
  });

  it.each(['', 'x'.repeat(256), 'ümlaut'])(
    'refuses a key that is not 1 to 255 printable characters: %s',
    async (key) => {
      const ask = { path: '/v1/actions', body: proposal(here) };
      await here.refuses('INVALID', () => send(here.owner, ask, key), ['Idempotency-Key']);
    },
  );

  it('takes a key of 255 characters', async () => {
    const ask = { path: '/v1/actions', body: proposal(here) };
    await send(here.owner, ask, 'k'.repeat(255));
    expect(replayed(await send(here.owner, ask, 'k'.repeat(255)))).toBe('true');
  });

  it('keeps its row in the same write as the effect', async () => {
    const { body } = await send(here.owner, { path: '/v1/actions', body: proposal(here) }, 'k');
    const { row } = await api.recorded(body.action_id);
    const { rows } = await api.world.db.pool.query<{ same: boolean }>(
      'select (select xmin::text from actions where id = $1) = xmin::text as same from idempotency_keys where workspace_id = $2',
      [row.id, here.id],
    );
    expect(rows).toEqual([{ same: true }]);
  });
});
