import { STATUSES, type JsonObject } from '@proviso/contracts';
import { newId } from '@proviso/core';
import {
  expectRefusal,
  inFuture,
  INVALID,
  INVALID_STATE,
  pending,
  propose,
  recorded,
  useApi,
  type Reply,
  type Tenant,
} from './test-api.ts';

/** A workspace with what the page's examples name. */
interface Office extends Tenant {
  contact_id: string;
  company_id: string;
  smtp: string;
}

/** The page of the Actions API, row by row: a client that is written against it works here as it stands. */
describe('the page of the Actions API', () => {
  const api = useApi();

  async function office(): Promise<Office> {
    const here = await api.tenant();
    const { company_id } = (await here.owner.post('/v1/companies', { name: 'Acme' })).body.company;
    const contact = { email: 'ada@example.com', company_id };
    const { contact_id } = (await here.owner.post('/v1/contacts', contact)).body.contact;
    const config = { host: '127.0.0.1', port: 25, from: 'sales@example.com' };
    return { ...here, contact_id, company_id, smtp: await here.identity('smtp', config) };
  }

  const create = (here: Office, body: object): Promise<Reply> =>
    here.owner.post('/v1/actions', {
      type: 'create_note',
      identity_id: here.identityId,
      params: noteOn(here),
      ...body,
    });
  const noteOn = ({ contact_id }: Office): JsonObject => ({ content: 'Asked for a quote.', contact_id });
  const made = async (here: Office, body: object): Promise<Reply['body']['action']> => {
    const { status, body: reply, text } = await create(here, body);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return reply.action;
  };

  describe('action types and their params', () => {
    const OWN: [type: string, params: (here: Office) => JsonObject][] = [
      ['create_note', noteOn],
      ['create_task', ({ contact_id }) => ({ title: 'Call', description: 'Ask', due_date: '2030-01-02', contact_id })],
      ['update_contact', ({ contact_id }) => ({ contact_id, properties: { title: 'CTO' } })],
      ['update_company', ({ company_id }) => ({ company_id, properties: { size: 50 } })],
      ['update_lifecycle_stage', ({ contact_id }) => ({ contact_id, lifecycle_stage: 'customer' })],
      ['escalate_to_human', ({ contact_id }) => ({ reason: 'They ask for a discount.', contact_id })],
    ];
    it.each(OWN)('%s', async (type, params) => {
      const here = await office();
      expect((await made(here, { type, params: params(here) })).type).toBe(type);
    });

    it.each<[string, (here: Office) => JsonObject, JsonObject]>([
      [
        'email, subject, message',
        () => ({ email: 'b@example.com', subject: 'S', message: 'M' }),
        { email: 'b@example.com' },
      ],
      [
        'html, cc, bcc',
        () => ({
          email: 'b@example.com',
          subject: 'S',
          message: 'M',
          html: '<p>M</p>',
          cc: 'c@example.com',
          bcc: ['d@example.com'],
        }),
        { html: '<p>M</p>' },
      ],
      [
        'in_reply_to_message_id, references',
        () => ({
          email: 'b@example.com',
          subject: 'S',
          message: 'M',
          in_reply_to_message_id: '<1@example.com>',
          references: ['<0@example.com>'],
        }),
        { in_reply_to_message_id: '<1@example.com>' },
      ],
      [
        'contact_id: the address is resolved',
        ({ contact_id }) => ({ contact_id, subject: 'S', message: 'M' }),
        { email: 'ada@example.com' },
      ],
    ])('email_message { %s }', async (_, params, expected) => {
      const here = await office();
      const action = await made(here, { type: 'email_message', identity_id: here.smtp, params: params(here) });
      expect(action.params).toMatchObject(expected);
    });

    it.each(['follow_up: the most recent thread', 'thread_id: that thread, and the subject is resolved'])(
      'email_message { %s }',
      async (row) => {
        const here = await office();
        const { thread_id } = (
          await here.owner.post('/v1/email-messages', {
            direction: 'inbound',
            message_id: '<1@example.com>',
            from: 'ada@example.com',
            to: 'sales@example.com',
            subject: 'Demo',
            at: '2026-01-02T03:04:05Z',
          })
        ).body.email_message;
        const where = row.startsWith('follow_up') ? { follow_up: true } : { thread_id };
        const params = { contact_id: here.contact_id, message: 'M', ...where };
        const action = await made(here, { type: 'email_message', identity_id: here.smtp, params });
        expect(action.params).toMatchObject({
          thread_id,
          subject: 'Re: Demo',
          in_reply_to_message_id: '<1@example.com>',
        });
      },
    );

    it('type is an open string: what is not registered is refused, and the known ones are named', async () => {
      const here = await office();
      const { error } = await expectRefusal(api, here, INVALID, () => create(here, { type: 'send_pigeon' }));
      for (const [type] of OWN) expect(error).toContain(type);
    });
  });

  describe('POST /v1/actions', () => {
    it.each(['type', 'params', 'identity_id'])('%s is required', async (field) => {
      const here = await office();
      const { details } = await expectRefusal(api, here, INVALID, () => create(here, { [field]: undefined }));
      expect(details[0]?.path).toBe(field);
    });

    it.each<[string, (here: Office) => object, object]>([
      ['direct: executed without scheduling', () => ({ direct: true }), { direct: true, status: 'scheduled' }],
      [
        'scheduled_time: for later',
        () => ({ scheduled_time: '2030-01-02T09:00:00+01:00' }),
        { scheduled_time: '2030-01-02T08:00:00.000Z' },
      ],
      ['description', () => ({ description: 'After the demo' }), { description: 'After the demo' }],
      [
        'require_approval: queued as pending_approval',
        () => ({ require_approval: true }),
        { status: 'pending_approval' },
      ],
      ['list_id', () => ({ list_id: 'list_1' }), { list_id: 'list_1' }],
      ['item_id', () => ({ item_id: 'item_1' }), { item_id: 'item_1' }],
    ])('%s', async (_, body, expected) => {
      const here = await office();
      expect(await made(here, body(here))).toMatchObject(expected);
    });

    it('Example: send an e-mail', async () => {
      const here = await office();
      const { status, body } = await here.owner.post('/v1/actions', {
        type: 'email_message',
        params: {
          email: 'ada@example.com',
          subject: 'Following up',
          message: "Hi — circling back on yesterday's demo.",
          contact_id: here.contact_id,
        },
        identity_id: here.smtp,
        require_approval: true,
      });
      expect([status, body]).toMatchObject([200, { status: 'success', action_id: expect.stringMatching(/^act_/) }]);
    });

    it('needs actions:write', async () => {
      const here = await office();
      const { status } = await (await here.client({ scopes: ['actions:read'] })).post('/v1/actions', {});
      expect(status).toBe(403);
    });
  });

  describe('GET /v1/actions', () => {
    it.each<[string, (here: Office) => Record<string, string>]>([
      ['status', () => ({ status: 'pending_approval' })],
      ['type', () => ({ type: 'create_note' })],
      ['list_id', () => ({ list_id: 'list_1' })],
      ['item_id', () => ({ item_id: 'item_1' })],
      ['identity_id', ({ identityId }) => ({ identity_id: identityId })],
      ['contact_id', ({ contact_id }) => ({ contact_id })],
      ['company_id', ({ company_id }) => ({ company_id })],
    ])('filters by %s', async (_, query) => {
      const here = await office();
      const about = { params: { content: 'x', company_id: here.company_id } };
      const wanted = await made(here, {
        list_id: 'list_1',
        item_id: 'item_1',
        require_approval: true,
        ...('company_id' in query(here) && about),
      });
      const other = { type: 'create_task', params: { title: 'x' }, identity_id: here.smtp };
      await made(here, other);
      const { body } = await here.owner.get('/v1/actions', query(here));
      expect(body.actions.map(({ action_id }) => action_id)).toEqual([wanted.action_id]);
    });

    it('filters by agent_id: the agent that proposed it', async () => {
      const here = await office();
      const { action_id, agent_id } = await propose(await here.client({ agent: 'bot' }), here);
      await made(here, {});
      const { body } = await here.owner.get('/v1/actions', { agent_id: agent_id ?? '' });
      expect(body.actions.map((action) => action.action_id)).toEqual([action_id]);
    });

    it('limit 20, skip 0, newest first unless told, and total_items in the pagination', async () => {
      const here = await office();
      for (let index = 0; index < 22; index++) await made(here, { description: `${index}` });
      const { body } = await here.owner.get('/v1/actions');
      expect([body.status, body.actions.length, body.actions[0]?.description]).toEqual(['success', 20, '21']);
      expect(body.pagination).toMatchObject({ total_items: 22, limit: 20, skip: 0 });
      const rest = await here.owner.get('/v1/actions', { limit: '5', skip: '20' });
      expect(rest.body.actions.map(({ description }) => description)).toEqual(['1', '0']);
    });

    it.each([
      ['sort_by', { sort_by: 'scheduled_time' }, ['later', 'sooner']],
      ['sort_dir', { sort_by: 'scheduled_time', sort_dir: 'asc' }, ['sooner', 'later']],
    ])('%s', async (_, query, expected) => {
      const here = await office();
      await made(here, { description: 'sooner', scheduled_time: inFuture(60_000) });
      await made(here, { description: 'later', scheduled_time: inFuture(120_000) });
      const { body } = await here.owner.get('/v1/actions', query as unknown as Record<string, string>);
      expect(body.actions.map(({ description }) => description)).toEqual(expected);
    });

    it.each(['0', '101'])('limit is 1 to 100, not %s', async (limit) => {
      const here = await office();
      await expectRefusal(api, here, INVALID, () => here.owner.get('/v1/actions', { limit }));
    });
  });

  it.each(STATUSES)('status %s can be asked for', async (status) => {
    const here = await office();
    expect((await here.owner.get('/v1/actions', { status })).status).toBe(200);
  });

  it('GET /v1/actions/:action_id shows status, logs and result', async () => {
    const here = await office();
    const { action_id } = await made(here, { direct: true });
    await here.owner.post('/v1/actions/process');
    const { action } = (await here.owner.get(`/v1/actions/${action_id}`)).body;
    expect(action).toMatchObject({ status: 'completed', result: { note_id: expect.stringMatching(/^note_/) } });
    expect(action.logs.map(({ event }) => event)).toEqual(['action.created', 'action.claimed', 'action.completed']);
  });

  describe('PATCH /v1/actions/:action_id', () => {
    it.each<[string, (here: Office) => JsonObject]>([
      ['params', (here) => ({ params: { ...noteOn(here), content: 'Other' } })],
      ['scheduled_time', () => ({ scheduled_time: '2031-01-02T08:00:00.000Z' })],
      ['identity_id', ({ smtp }) => ({ identity_id: smtp })],
      ['description', () => ({ description: 'Other' })],
      ['require_approval', () => ({ require_approval: true })],
    ])('changes %s', async (field, change) => {
      const here = await office();
      const { action_id } = await made(here, { scheduled_time: inFuture() });
      const { body } = await here.owner.patch(`/v1/actions/${action_id}`, change(here));
      const { row } = await recorded(api.world, action_id);
      expect({ ...body.action, identity_id: row.identity_id }).toMatchObject(change(here));
      expect(field in body.action).toBe(true);
    });

    it.each(['type', 'list_id', 'item_id', 'direct', 'status'])('does not change %s', async (field) => {
      const here = await office();
      const { action_id } = await made(here, { scheduled_time: inFuture() });
      await expectRefusal(api, here, INVALID, () => here.owner.patch(`/v1/actions/${action_id}`, { [field]: 'x' }));
    });

    it.each(['running', 'completed', 'failed', 'rejected', 'cancelled'])(
      'leaves a %s action as it is',
      async (status) => {
        const here = await office();
        const { action_id } = await made(here, { require_approval: true });
        const ended = status === 'running' ? null : new Date();
        const lease =
          status === 'running' ? { cleared_hash: 'x', status_before_run: 'approved', lease_until: new Date() } : {};
        await api.world.db.tables.actions.update({
          where: { id: (await recorded(api.world, action_id)).row.id },
          data: { status, completed_at: ended, ...lease },
        });
        await expectRefusal(api, here, INVALID_STATE, () =>
          here.owner.patch(`/v1/actions/${action_id}`, { description: 'x' }),
        );
      },
    );
  });

  it.each(['scheduled', 'pending'])('POST /v1/actions/:action_id/execute runs a %s action now', async (kind) => {
    const here = await office();
    const when = { scheduled_time: inFuture(), require_approval: kind === 'pending' };
    const { action_id } = await made(here, when);
    expect((await here.owner.post(`/v1/actions/${action_id}/execute`)).status).toBe(200);
    expect((await here.owner.post('/v1/actions/process')).body.results).toEqual([{ action_id, status: 'completed' }]);
  });

  it('POST /v1/actions/:action_id/cancel cancels a scheduled action', async () => {
    const here = await office();
    const { action_id } = await made(here, { scheduled_time: inFuture() });
    const { body } = await here.owner.post(`/v1/actions/${action_id}/cancel`);
    expect(body.action.status).toBe('cancelled');
  });

  it.each<[string, JsonObject, string]>([
    ['approve', {}, 'approved'],
    ['reject', {}, 'rejected'],
    ['edit', { edits: { content: 'Edited' } }, 'approved'],
  ])('POST /v1/actions/:action_id/approve takes action %s and a comment', async (action, more, status) => {
    const here = await office();
    const { action_id } = await made(here, { require_approval: true });
    const { body } = await here.owner.post(`/v1/actions/${action_id}/approve`, { action, comment: 'Fine', ...more });
    expect(body.action).toMatchObject({ status, approval: { decision: action, comment: 'Fine' } });
  });

  it('POST /v1/actions/:action_id/reject is approve with action reject', async () => {
    const here = await office();
    const { action_id } = await made(here, { require_approval: true });
    const { body } = await here.owner.post(`/v1/actions/${action_id}/reject`);
    expect(body.action).toMatchObject({ status: 'rejected', approval: { decision: 'reject' } });
  });

  it.each<[string, JsonObject]>([
    ['approve', {}],
    ['reject', {}],
    ['edit', { edits: { say: 'x' } }],
  ])('POST /v1/actions/approve/bulk takes action %s, action_ids and a comment', async (action, more) => {
    const here = await office();
    const action_ids = [(await pending(here.owner, here)).action_id, (await pending(here.owner, here)).action_id];
    const body = { action, action_ids, comment: 'All', ...more };
    const reply = (await here.owner.post('/v1/actions/approve/bulk', body)).body;
    expect(reply).toMatchObject({ status: 'success', processed: 2, failed: [] });
    expect(reply.results.map(({ action_id }) => action_id)).toEqual(action_ids);
  });

  it('POST /v1/actions/bulk takes actions: an array of create payloads', async () => {
    const here = await office();
    const one = { type: 'create_note', identity_id: here.identityId, params: noteOn(here) };
    const { status, body } = await here.owner.post('/v1/actions/bulk', {
      actions: [one, { ...one, type: newId() }, one],
    });
    expect([status, body.created, body.failed.map(({ index }) => index)]).toEqual([200, 2, [1]]);
  });

  it('POST /v1/actions/process drains what is due, 20 unless told, 1 to 100', async () => {
    const here = await office();
    for (let index = 0; index < 22; index++) await made(here, {});
    expect((await here.owner.post('/v1/actions/process')).body.processed).toBe(20);
    expect((await here.owner.post('/v1/actions/process?limit=1')).body.processed).toBe(1);
    await expectRefusal(api, here, INVALID, () => here.owner.post('/v1/actions/process?limit=101'));
  });

  it('an action of an agent run is decided by run, contact and action index', async () => {
    const here = await office();
    const bot = await here.client({ agent: 'bot' });
    const { run_id } = (await bot.post(`/v1/agents/${await here.agentId('bot')}/runs`)).body.run;
    await propose(bot, here, { type: 'create_note', params: noteOn(here), run_id });
    const place = `/v1/agents/runs/${run_id}/contacts/${here.contact_id}/actions/0`;
    expect((await here.owner.post(`${place}/approve`, { action: 'approve' })).body.action.status).toBe('approved');
  });
});
