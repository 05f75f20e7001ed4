import { newId } from '@proviso/core';
import { inFuture, proposal, useTenant, type Reply, type Tenant } from './test-api.ts';
import { eachTest } from '@proviso/testing/fixtures';

const at = (shown: string | null): number => Date.parse(shown ?? '');

describe('POST /v1/actions', () => {
  const { api, here } = useTenant();
  const create = (tenant: Tenant, more: object = {}): Promise<Reply> =>
    tenant.owner.post('/v1/actions', proposal(tenant, more));

  it('records the proposal with its event and returns the action', async () => {
    const { status, body } = await create(here, {
      description: 'Say it',
      metadata: { ticket: '7' },
      list_id: 'l',
      item_id: 'i',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', action_id: expect.stringMatching(/^act_[0-9a-z]{26}$/) });
    expect(body.action).toMatchObject({
      action_id: body.action_id,
      status: 'scheduled',
      version: 1,
      description: 'Say it',
      metadata: { ticket: '7' },
      list_id: 'l',
      item_id: 'i',
      created_by: { kind: 'member', name: 'owner' },
      preview: { title: 'Say hello' },
    });
    const { row, events } = await api.recorded(body.action_id);
    expect(row).toMatchObject({ workspace_id: here.id, status: 'scheduled', version: 1, params: body.action.params });
    expect(row.cleared_hash).toBe(body.action.params_hash);
    expect(events).toMatchObject([
      { version: 1, event: 'action.created', status: 'scheduled', actor: body.action.created_by },
    ]);
  });

  it.each([
    ['a person’s proposal is scheduled', {}, {}, 'scheduled'],
    ['a person may ask for approval', {}, { require_approval: true }, 'pending_approval'],
    ['an agent’s proposal waits by default', { agent: 'a' }, {}, 'pending_approval'],
    ['direct does not skip an agent’s gate', { agent: 'a' }, { direct: true }, 'pending_approval'],
    [
      'require_approval: false does not skip an agent’s gate',
      { agent: 'a' },
      { require_approval: false },
      'pending_approval',
    ],
  ])('decides whether the action is cleared: %s', async (_, who, more, status) => {
    const action = await here.propose(more, await here.client(who));
    const { row, last } = await api.recorded(action.action_id);
    expect([action.status, row.status, last?.status]).toEqual([status, status, status]);
    expect(row.cleared_hash === null).toBe(status === 'pending_approval');
  });

  it.each([
    ['approval never', { approval: 'never' }, {}, 'auto_approved'],
    ['the type among its auto_approve_types', { auto_approve_types: ['probe_idempotent'] }, {}, 'auto_approved'],
    ['another type among its auto_approve_types', { auto_approve_types: ['create_note'] }, {}, 'pending_approval'],
    [
      'approval never, asking for approval itself',
      { approval: 'never' },
      { require_approval: true },
      'pending_approval',
    ],
  ])('clears an agent’s proposal by the agent’s settings: %s', async (_, settings, more, status) => {
    const agent = await here.client({ agent: 'bot' });
    const id = await here.agentId('bot');
    await api.world.db.tables.agents.update({ where: { id }, data: settings });
    const action = await here.propose(more, agent);
    const { row } = await api.recorded(action.action_id);
    expect(row).toMatchObject({ status, agent_id: id, created_by: { kind: 'agent', name: 'bot' } });
  });

  describe('when it is due', () => {
    it.each([
      ['without a time', {}],
      ['when direct', { direct: true }],
      ['for a time that is past', { scheduled_time: '2001-01-01T00:00:00Z' }],
    ])('is now %s', async (_, more) => {
      const { action_id } = await here.propose(more);
      const { row } = await api.recorded(action_id);
      expect(row.due_at).toEqual(row.created_at);
    });

    it('is the scheduled time, whatever offset it is given in', async () => {
      const { action_id, scheduled_time, due_at } = await here.propose({
        scheduled_time: '2100-06-01T12:00:00+02:00',
      });
      expect([scheduled_time, due_at]).toEqual(['2100-06-01T10:00:00.000Z', '2100-06-01T10:00:00.000Z']);
      expect((await api.recorded(action_id)).row.due_at.toISOString()).toBe(due_at);
    });

    it.each([
      '2100-06-01T12:00:00+23:59',
      '2100-06-01T12:00:00-23:59',
      '9999-12-31T23:59:59.999Z',
      '2100-06-01T12:00:00.9999999999Z',
    ])('accepts every RFC 3339 time: %s', async (scheduled_time) => {
      const action = await here.propose({ scheduled_time });
      expect(at(action.scheduled_time)).toBe(Date.parse(scheduled_time));
    });

    it('is the later of approval and scheduled time when approval is required', async () => {
      const early = await here.pending({ scheduled_time: '2001-01-01T00:00:00Z' });
      const late = await here.pending({ scheduled_time: '2100-01-01T00:00:00Z' });
      for (const { action_id } of [early, late])
        await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
      const { row: now } = await api.recorded(early.action_id);
      expect(now.due_at).toEqual(new Date((now.approval as { at: string }).at));
      const { row: then } = await api.recorded(late.action_id);
      expect(then.due_at.toISOString()).toBe('2100-01-01T00:00:00.000Z');
    });
  });

  describe('refuses, names the field and records nothing', () => {
    const over = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
    it.each<[string, object, string]>([
      ['a missing type', { type: undefined }, 'type'],
      ['missing params', { params: undefined }, 'params'],
      ['no identity', { identity_id: undefined }, 'identity_id'],
      ['an unknown field', { colour: 'red' }, 'colour'],
      ['a field of another dialect', { workspace_id: newId() }, 'workspace_id'],
      ['an ill-typed flag', { direct: 'yes' }, 'direct'],
      ['params that are a list', { params: [] }, 'params'],
      ['an unknown parameter', { params: { say: 'x', shout: true } }, 'params.shout'],
      ['an ill-typed parameter', { params: { say: 7 } }, 'params.say'],
      ['params beyond 256 KiB', { params: { say: 'x'.repeat(262_144) } }, 'params'],
      ['direct beside scheduled_time', { direct: true, scheduled_time: inFuture() }, 'direct'],
      ['direct beside require_approval', { direct: true, require_approval: true }, 'direct'],
      ['a time without an offset', { scheduled_time: '2100-01-01T00:00:00' }, 'scheduled_time'],
      ['a day that does not exist', { scheduled_time: '2100-02-30T00:00:00Z' }, 'scheduled_time'],
      ['a time before 1970', { scheduled_time: '1969-12-31T23:59:59Z' }, 'scheduled_time'],
      ['a time after 9999', { scheduled_time: '9999-12-31T23:59:59-01:00' }, 'scheduled_time'],
      ['an expiry in the past', { expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
      [
        'an expiry before the scheduled time',
        { scheduled_time: inFuture(7_200_000), expires_at: inFuture() },
        'expires_at',
      ],
      [
        'an expiry at the scheduled time',
        { scheduled_time: '2100-01-01T00:00:00Z', expires_at: '2100-01-01T00:00:00Z' },
        'expires_at',
      ],
      ['an identity that does not exist', { identity_id: newId() }, 'identity_id'],
      ['an id that is none', { identity_id: 'nobody' }, 'identity_id'],
      ['an id of another kind', { identity_id: 'act_01h455vb4pex5vsknk084sn02q' }, 'identity_id'],
      ['a long description', { description: 'x'.repeat(2001) }, 'description'],
      ['a long list_id', { list_id: 'x'.repeat(256) }, 'list_id'],
      ['a mission that is no UUID', { mission_id: 'm' }, 'mission_id'],
      ['metadata with more than 50 pairs', { metadata: over(51) }, 'metadata'],
      ['metadata with a long key', { metadata: { ['k'.repeat(41)]: 'v' } }, `metadata.${'k'.repeat(41)}`],
      ['metadata with a long value', { metadata: { k: 'v'.repeat(501) } }, 'metadata.k'],
      ['metadata with a number', { metadata: { k: 1 } }, 'metadata.k'],
    ])('%s', async (_, more, path) => {
      await here.refuses('INVALID', () => create(here, more), path);
    });

    it('an unknown type, and lists the known ones', async () => {
      const { error } = await here.refuses('INVALID', () => create(here, { type: 'send_pigeon' }));
      for (const type of api.world.executors.types()) expect(error).toContain(type);
    });

    it('an identity of another workspace', async () => {
      const there = await api.tenant();
      await here.refuses('INVALID', () => create(here, { identity_id: there.identityId }), ['identity_id']);
    });

    it('a disabled identity', async () => {
      await api.world.db.tables.identities.update({ where: { id: here.identityId }, data: { status: 'disabled' } });
      await here.refuses('INVALID', () => create(here), ['identity_id']);
    });

    it('an identity of a provider that the executor cannot use', async () => {
      const email = { type: 'email_message', params: { email: 'a@b.example', subject: 's', message: 'm' } };
      const { details } = await here.refuses('INVALID', () => create(here, email));
      expect(details).toMatchObject([{ path: 'identity_id', message: expect.stringContaining('smtp') }]);
    });
  });

  it('accepts the largest allowed', async () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${index}`.padStart(40, 'k'), 'v'.repeat(500)]),
    );
    const action = await here.propose({
      metadata,
      description: 'x'.repeat(2000),
      list_id: 'x'.repeat(255),
    });
    expect((await api.recorded(action.action_id)).row.metadata).toEqual(metadata);
  });

  describe('of an e-mail for a contact', () => {
    interface Post extends Tenant {
      smtp: string;
      contact: string;
      thread(subject: string, updated_at: Date): Promise<string>;
    }
    async function post(): Promise<Post> {
      const office = await api.tenant();
      const { tables } = api.world.db;
      const contact = newId();
      await tables.contacts.create({ data: { id: contact, workspace_id: office.id, email: 'ann@example.com' } });
      const thread = async (subject: string, updated_at: Date): Promise<string> => {
        const data = {
          id: newId(),
          workspace_id: office.id,
          contact_id: contact,
          subject,
          last_message_id: '<m@example.com>',
        };
        return (await tables.email_threads.create({ data: { ...data, message_count: 1, updated_at } })).id;
      };
      const smtp = await office.identity('smtp', {
        host: 'localhost',
        port: 25,
        secure: false,
        from: 'me@example.com',
      });
      return { ...office, smtp, contact, thread };
    }
    const office = eachTest(post);
    const email = ({ smtp }: Post, params: object) => ({
      type: 'email_message',
      identity_id: smtp,
      params: { message: 'Hi', ...params },
    });

    it('fills in the address and the subject of the newest thread before review', async () => {
      await office.thread('Old news', new Date('2020-01-01'));
      await office.thread('Offer', new Date('2024-01-01'));
      const action = await office.pending(email(office, { contact_id: office.contact }));
      expect(action.params).toMatchObject({ email: 'ann@example.com', subject: 'Re: Offer', message: 'Hi' });
      const { row } = await api.recorded(action.action_id);
      expect(row).toMatchObject({ contact_id: office.contact, params: action.params });
      expect(row.resolved).toEqual({ email: 'ann@example.com', subject: 'Re: Offer' });
    });

    it('keeps the given values', async () => {
      const given = { contact_id: office.contact, email: 'Ann@example.com', subject: 'Mine' };
      const action = await office.propose(email(office, given));
      expect(action.params).toMatchObject({ email: 'Ann@example.com', subject: 'Mine' });
    });

    it('aims a follow-up at the newest thread', async () => {
      await office.thread('Offer', new Date('2024-01-01'));
      const { params } = await office.propose(email(office, { contact_id: office.contact, follow_up: true }));
      expect(params).toMatchObject({ subject: 'Re: Offer', in_reply_to_message_id: '<m@example.com>' });
    });

    it.each<[string, (here: Post) => object, string]>([
      ['no thread to take the subject from', ({ contact }) => ({ contact_id: contact }), 'params.subject'],
      [
        'a follow-up without a thread',
        ({ contact }) => ({ contact_id: contact, subject: 's', follow_up: true }),
        'params.follow_up',
      ],
      [
        'an address that is not the contact’s',
        ({ contact }) => ({ contact_id: contact, subject: 's', email: 'x@example.com' }),
        'params.email',
      ],
      ['a contact that does not exist', () => ({ contact_id: newId(), subject: 's' }), 'params.contact_id'],
      ['neither contact nor address', () => ({ subject: 's' }), 'params.email'],
    ])('refuses %s', async (_, params, path) => {
      await office.refuses('INVALID', () => create(office, email(office, params(office))), path);
    });

    it('refuses a contact and a thread of another workspace', async () => {
      const there = await post();
      const thread_id = await there.thread('Theirs', new Date());
      await office.refuses('INVALID', () => create(office, email(office, { contact_id: there.contact, subject: 's' })));
      const params = { email: 'a@b.example', subject: 's', thread_id };
      await office.refuses('INVALID', () => create(office, email(office, params)));
    });

    it('refuses an address that has unsubscribed, in cc and bcc too', async () => {
      await office.owner.patch(`/v1/contacts/${office.contact}`, { unsubscribed: true });
      const copies = { email: 'b@example.com', subject: 's', cc: 'ann@example.com', bcc: ['ann@example.com'] };
      await office.refuses('INVALID', () => create(office, email(office, copies)), ['params.cc', 'params.bcc.0']);
    });
  });
});
