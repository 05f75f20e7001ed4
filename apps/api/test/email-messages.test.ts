import { execute } from '@proviso/core';
import { inFuture, uuidOf, useTenant, type Client, type Reply } from './test-api.ts';

describe('POST /v1/email-messages', () => {
  const { api, here } = useTenant();
  const FIRST = {
    direction: 'inbound',
    message_id: '<m1@example.com>',
    from: 'Ann Lee <Ann@Example.com>',
    to: 'us@ours.example',
    subject: 'Re: Your order',
    text: 'Where is it?',
    at: '2026-01-02T03:04:05Z',
  };
  const record = (by: Client, more: object = {}): Promise<Reply> =>
    by.post('/v1/email-messages', { ...FIRST, ...more });

  let contact_id = '';
  beforeEach(async () => {
    ({ contact_id } = (await here.owner.post('/v1/contacts', { email: 'ann@example.com' })).body.contact);
  });

  const threads = async () => (await here.owner.get(`/v1/contacts/${contact_id}/email-threads`)).body.email_threads;

  it('starts a thread of the contact that wrote', async () => {
    const { status, body } = await record(here.owner);
    expect(status).toBe(201);
    expect(body.email_message).toEqual({
      ...FIRST,
      thread_id: expect.stringMatching(/^thr_/),
      contact_id,
      in_reply_to: null,
      references: [],
      to: ['us@ours.example'],
      action_id: null,
      at: '2026-01-02T03:04:05.000Z',
    });
    expect(await threads()).toEqual([
      {
        thread_id: body.email_message.thread_id,
        subject: 'Your order',
        last_message_id: '<m1@example.com>',
        message_count: 1,
        updated_at: '2026-01-02T03:04:05.000Z',
      },
    ]);
    const where = { workspace_id: here.id };
    expect(await api.world.db.tables.email_messages.findMany({ where })).toMatchObject([
      { message_id: '<m1@example.com>', direction: 'inbound', text: 'Where is it?' },
    ]);
  });

  it('starts a thread of the first known contact that was written to', async () => {
    const to = ['nobody@example.com', 'ann@example.com'];
    const { body } = await record(here.owner, { direction: 'outbound', from: 'us@ours.example', to });
    expect(body.email_message).toMatchObject({ contact_id, to });
  });

  it.each<[string, object]>([
    ['in_reply_to', { in_reply_to: 'm1@example.com' }],
    ['references', { in_reply_to: '<lost@example.com>', references: ['<m1@example.com>', '<gone@example.com>'] }],
  ])('puts a reply into the thread that it answers, by %s, whoever wrote it', async (_, answers) => {
    const first = (await record(here.owner)).body.email_message;
    const more = { message_id: '<m2@example.com>', from: 'colleague@example.com', at: '2026-01-03T00:00:00Z' };
    const { body } = await record(here.owner, { ...more, ...answers });
    expect(body.email_message).toMatchObject({ thread_id: first.thread_id, contact_id });
    expect(await threads()).toMatchObject([
      { message_count: 2, last_message_id: '<m2@example.com>', updated_at: '2026-01-03T00:00:00.000Z' },
    ]);
  });

  it('leaves the newest message the last one, when an older one comes late', async () => {
    await record(here.owner);
    const older = { message_id: '<m0@example.com>', references: ['<m1@example.com>'], at: '2026-01-01T00:00:00Z' };
    await record(here.owner, older);
    expect(await threads()).toMatchObject([
      { message_count: 2, last_message_id: '<m1@example.com>', updated_at: '2026-01-02T03:04:05.000Z' },
    ]);
  });

  it('stores one of many simultaneous recordings and returns it to all', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => record(here.owner)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await record(here.owner, { text: 'something else' })).text).toBe(replies[0]?.text);
    expect(await threads()).toMatchObject([{ message_count: 1 }]);
  });

  it('counts every one of many replies that come at once', async () => {
    await record(here.owner);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        record(here.owner, { message_id: `<r${n}@example.com>`, in_reply_to: '<m1@example.com>' }),
      ),
    );
    expect(await threads()).toMatchObject([{ message_count: 11 }]);
  });

  it.each([60_000, -3_600_000])(
    'returns an approved follow-up to review when a reply was recorded since: dated %i ms',
    async (ms) => {
      await record(here.owner);
      const identity_id = await here.identity('smtp', { host: 'localhost', port: 1, from: 'us@ours.example' });
      const params = { contact_id, message: 'Any news?', follow_up: true };
      const { action_id } = await here.pending({ type: 'email_message', identity_id, params });
      await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
      const at = inFuture(ms);
      await record(here.owner, { message_id: '<m2@example.com>', in_reply_to: '<m1@example.com>', at });
      await execute(api.world.worker(), uuidOf(action_id));
      const { row } = await api.recorded(action_id);
      expect(row).toMatchObject({ status: 'pending_approval', status_reason: 'stale' });
    },
  );

  it.each<[string, object, object]>([
    ['a sender as bounce services write it', { from: 'bounce+x=y@host.example', in_reply_to: '<m1@example.com>' }, {}],
    ['a name that is too long', { from: `${'Ann '.repeat(300)}<ann@example.com>` }, { from: 'ann@example.com' }],
    [
      'references as one header',
      { references: '<m1@example.com> <m0@example.com>' },
      { references: ['<m1@example.com>', '<m0@example.com>'] },
    ],
    ['hundreds of references', { references: Array.from({ length: 300 }, (_, n) => `<r${n}@example.com>`) }, {}],
    [
      'references that are none among them',
      { references: ['<m1@example.com>', '<', ''] },
      { references: ['<m1@example.com>'] },
    ],
    ['a Message-ID without brackets', { message_id: 'm9@example.com' }, { message_id: '<m9@example.com>' }],
    ['an in_reply_to that is none', { in_reply_to: 'a b' }, { in_reply_to: null }],
    ['a text beyond the bound', { text: 'x'.repeat(300_000) }, { text: 'x'.repeat(262_144) }],
    ['a subject beyond the bound', { subject: 'x'.repeat(2_000) }, { subject: 'x'.repeat(998) }],
    ['a sender with an international domain', { from: 'x@bücher.example', in_reply_to: '<m1@example.com>' }, {}],
    ['nulls', { subject: null, text: null, references: null, in_reply_to: null }, { subject: '', text: '' }],
  ])('records messages of others, shortened if necessary: %s', async (_, more, kept) => {
    await record(here.owner);
    const { status, body } = await record(here.owner, { message_id: '<m2@example.com>', ...more });
    expect([status, body.email_message]).toMatchObject([201, kept]);
  });

  it('ignores messages and contacts of another workspace', async () => {
    await record(here.owner);
    const there = await api.tenant();
    const more = { message_id: '<m2@example.com>', in_reply_to: '<m1@example.com>' };
    await there.refuses('INVALID', () => record(there.owner, more), ['from']);
  });

  it.each<[string, object, string]>([
    ['a stranger’s message', { from: 'eve@example.com' }, 'from'],
    ['a message to strangers', { direction: 'outbound' }, 'to'],
    ['no direction', { direction: undefined }, 'direction'],
    ['no Message-ID', { message_id: '' }, 'message_id'],
    ['a Message-ID with a line break', { message_id: '<a\r\nb>' }, 'message_id'],
    ['what is no address', { from: 'Ann' }, 'from'],
    ['nobody to write to', { to: [] }, 'to'],
    ['a time without an offset', { at: '2026-01-02T03:04:05' }, 'at'],
    ['an unknown field', { action_id: 'x' }, 'action_id'],
  ])('refuses %s', async (_, more, path) => {
    await here.refuses('INVALID', () => record(here.owner, more), path);
  });
});
