import { REFERENCES_BYTES_MAX } from '@proviso/contracts';
import { emailMessage } from '../../src/index.ts';
import { previewOf } from '../preview-of.ts';
import { ADA, BOB, contact, lookupContext, THREAD, thread, type Workspace } from '../records.ts';

const executor = emailMessage();
const identity = {
  id: 'id_1',
  provider: 'smtp' as const,
  name: 'Sales',
  config: { host: 'mail.ours.test', port: 587, from: 'Sales <sales@ours.test>' },
};
const mail = { email: 'ada@example.com', subject: 'Hello', message: 'Hi Ada' };

const issues = (params: object): string[] =>
  (executor.params.safeParse(params).error?.issues ?? []).map(({ path }) => path.join('.'));
const resolve = async (params: object, workspace: Workspace = {}): Promise<object> => {
  const parsed = executor.params.parse(params);
  const resolved = (await executor.resolve?.(parsed, lookupContext(workspace, { identity }))) ?? {};
  expect(issues({ ...parsed, ...resolved })).toEqual([]);
  return resolved;
};
const guard = async (params: object, workspace: Workspace = {}) =>
  executor.guard?.(executor.params.parse(params), {
    ...lookupContext(workspace, { identity }),
    approvedAt: new Date('2026-01-03T00:00:00Z'),
  });

describe('email_message params', () => {
  it.each([
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'Ada <ada@example.com>',
    '<ada@example.com>',
    ' ada@example.com',
    'ada@exam\u200bple.com',
    'аda@example.com',
    'ada@-example.com',
    'ada@@example.com',
    '"ada eve"@example.com',
    'ada',
    '',
  ])('refuse %j as an address, in every field', (address) => {
    expect(issues({ ...mail, email: address })).toEqual(['email']);
    expect(issues({ ...mail, cc: address })).toEqual(['cc']);
    expect(issues({ ...mail, bcc: ['bob@example.com', address] })).toEqual(['bcc.1']);
  });

  it.each(['Hello\r\nBcc: eve@example.com', 'Hello\nthere', 'a\tb', 'a\u2028b', '', 'x'.repeat(999)])(
    'refuse %j as a subject',
    (subject) => {
      expect(issues({ ...mail, subject })).toEqual(['subject']);
    },
  );

  it.each(['=?UTF-8?B?UGF5IG5vdw==?=', 'Re: =?utf-8?q?a=20b?=', '=?x?Q?broken'])(
    'refuse %j as a subject, because a reader would see it decoded',
    (subject) => {
      const [issue] = executor.params.safeParse({ ...mail, subject }).error?.issues ?? [];
      expect(issue).toMatchObject({
        path: ['subject'],
        message: expect.stringContaining('write the text itself') as string,
      });
    },
  );

  it('for a reply, use the subject of the thread as its reader saw it', async () => {
    for (const [subject, shown] of [
      ['=?UTF-8?B?R3LDvMOfZQ==?=', 'Re: Grüße'],
      ['=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?q?_K=C3=B6ln?=', 'Re: Grüße aus Köln'],
      ['=?nonsense?B?R3I=?=', 'Re: = ?nonsense?B?R3I=?='],
      [`=?UTF-8?B?${btoa('=?UTF-8?B?eA==?=')}?=`, 'Re: = ?UTF-8?B?eA==?='],
    ] as const)
      expect(await resolve({ message: 'x', contact_id: ADA }, { threads: [thread({ subject })] })).toMatchObject({
        subject: shown,
      });
  });

  it('refuse Message-IDs that could start another header', () => {
    expect(issues({ ...mail, in_reply_to_message_id: '<a@b>\r\nX: y' })).toEqual(['in_reply_to_message_id']);
    expect(issues({ ...mail, references: ['<a@b>', '<a@b> <c@d>'] })).toEqual(['references.1']);
    expect(issues({ ...mail, references: ['<a@b>', '<c@d>'] })).toEqual([]);
  });

  it('require email and subject without contact_id', () => {
    expect(issues({ message: 'x' })).toEqual(['email', 'subject']);
    expect(issues({ message: 'x', contact_id: ADA })).toEqual([]);
  });

  it('accept one address or a list in cc and bcc, at most 50 recipients in total', () => {
    const many = (count: number): string[] => Array.from({ length: count }, (_each, index) => `p${index}@example.com`);
    expect(issues({ ...mail, cc: 'bob@example.com', bcc: many(48) })).toEqual([]);
    expect(issues({ ...mail, cc: 'bob@example.com', bcc: many(49) })).toEqual(['cc']);
  });
});

describe('email_message resolution', () => {
  it('fills address and subject from the contact, without a second Re:', async () => {
    const threads = [thread({ subject: 'Old' }), thread({ subject: 'RE: re: Your order' })];
    expect(await resolve({ message: 'x', contact_id: ADA }, { threads })).toEqual({
      email: 'ada@example.com',
      subject: 'Re: Your order',
    });
  });

  it('asks for a subject when the contact has no thread', async () => {
    await expect(resolve({ message: 'x', contact_id: ADA })).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path: 'params.subject' }],
    });
  });

  it("accepts with contact_id only that contact's address, ignoring case", async () => {
    const given = { ...mail, contact_id: ADA };
    expect(await resolve({ ...given, email: 'ADA@Example.com' })).toEqual({});
    await expect(resolve({ ...given, email: 'eve@example.com' })).rejects.toMatchObject({
      details: [{ path: 'params.email' }],
    });
  });

  it('takes reply headers and subject from the thread, in order, and keeps given ones', async () => {
    const threads = [thread(), thread({ id: 'thr_01h455vb4pex5vsknk084sn02r', subject: 'Newer' })];
    expect(await resolve({ message: 'x', contact_id: ADA, thread_id: THREAD }, { threads })).toEqual({
      email: 'ada@example.com',
      subject: 'Re: Your order',
      in_reply_to_message_id: '<m2@example.com>',
      references: ['<m1@example.com>', '<m2@example.com>'],
    });
    const given = { ...mail, thread_id: THREAD, in_reply_to_message_id: '<m1@example.com>', references: [] };
    expect(await resolve(given, { threads })).toEqual({});
  });

  it('follows up the newest thread and records it for the guard', async () => {
    const followUp = { message: 'x', contact_id: ADA, follow_up: true };
    expect(await resolve(followUp, { threads: [thread()] })).toMatchObject({
      thread_id: THREAD,
      in_reply_to_message_id: '<m2@example.com>',
    });
    await expect(resolve(followUp)).rejects.toMatchObject({ details: [{ path: 'params.follow_up' }] });
    await expect(resolve({ ...mail, follow_up: true })).rejects.toMatchObject({
      details: [{ path: 'params.follow_up' }],
    });
  });

  it("refuses another contact's thread and an unknown one", async () => {
    const given = { ...mail, contact_id: ADA, thread_id: THREAD };
    for (const threads of [[thread({ contactId: BOB })], []]) {
      await expect(resolve(given, { threads })).rejects.toMatchObject({ details: [{ path: 'params.thread_id' }] });
    }
  });

  it('drops Message-IDs that cannot be in a header, and limits the chain', async () => {
    const messageIds = ['<first@x>', 'bad\r\nX: y', ...Array.from({ length: 200 }, (_each, index) => `<m${index}@x>`)];
    const threads = [thread({ messageIds, lastMessageId: 'bad\r\nX: y' })];
    const resolved = await resolve({ ...mail, contact_id: ADA, follow_up: true }, { threads });
    expect(resolved).not.toHaveProperty('in_reply_to_message_id');
    const chain = (resolved as { references: string[] }).references;
    expect([chain[0], chain.at(-1)]).toEqual(['<first@x>', '<m199@x>']);
    expect(chain.join(' ').length).toBeLessThanOrEqual(REFERENCES_BYTES_MAX);
    expect(chain.length).toBeGreaterThan(100);
  });

  it.each([
    ['params.email', { ...mail, email: 'No@Example.com' }],
    ['params.cc', { ...mail, cc: 'no@example.com' }],
    ['params.bcc.1', { ...mail, bcc: ['bob@example.com', 'no@example.com'] }],
  ])('refuses an unsubscribed address at %s', async (path, params) => {
    await expect(resolve(params, { unsubscribed: ['no@example.com'] })).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path }],
    });
  });

  it('recognises an unsubscribed address in its wire form too', async () => {
    const unsubscribed = ['ada@xn--bcher-kva.example'];
    await expect(resolve({ ...mail, email: 'ada@bücher.example' }, { unsubscribed })).rejects.toMatchObject({
      details: [{ path: 'params.email' }],
    });
  });
});

describe('email_message guard', () => {
  const toAda = { ...mail, contact_id: ADA };

  it('accepts an unchanged approval', async () => {
    const threads = [thread({ lastInboundAt: new Date('2026-01-02T00:00:00Z') })];
    expect(await guard({ ...toAda, thread_id: THREAD }, { threads })).toEqual({ kind: 'ok' });
  });

  it('refuses when the contact is gone or anyone has unsubscribed since', async () => {
    expect(await guard(toAda, { contacts: [] })).toMatchObject({ kind: 'refused' });
    expect(await guard({ ...toAda, bcc: ['no@example.com'] }, { unsubscribed: ['no@example.com'] })).toMatchObject({
      kind: 'refused',
    });
    const contacts = [contact({ unsubscribedAt: new Date() })];
    expect(await guard(toAda, { contacts })).toMatchObject({ kind: 'refused' });
  });

  it("returns to review when the contact's address changed", async () => {
    const contacts = [contact({ email: 'ada@new.example' })];
    expect(await guard(toAda, { contacts })).toEqual({
      kind: 'stale',
      changes: ["the contact's address is now ada@new.example"],
    });
  });

  it('returns to review when a reply arrived after the approval', async () => {
    const threads = [thread({ lastInboundAt: new Date('2026-01-03T00:00:00.001Z') })];
    expect(await guard({ ...toAda, thread_id: THREAD }, { threads })).toEqual({
      kind: 'stale',
      changes: ['the thread has a newer reply'],
    });
    expect(await guard({ ...toAda, thread_id: THREAD })).toMatchObject({ kind: 'stale' });
  });
});

describe('a reply', () => {
  it('to a known message joins its thread, even with an odd Message-ID', async () => {
    for (const id of ['<m1@example.com>', 'm1@example.com', '<a@b@c>', '<none>']) {
      const messageIds = ['<m1@example.com>', '<a@b@c>', '<none>'];
      const threads = [thread({ messageIds })];
      const resolved = await resolve({ ...mail, in_reply_to_message_id: id }, { threads });
      expect(resolved).toMatchObject({ thread_id: THREAD, references: messageIds });
    }
  });

  it('to another contact’s message or an unknown one gets a warning', async () => {
    const threads = [thread({ contactId: BOB })];
    const given = { ...mail, contact_id: ADA, in_reply_to_message_id: '<m1@example.com>' };
    expect(await resolve(given, { threads })).not.toHaveProperty('thread_id');
    expect(previewOf(executor, executor.params.parse(given), { identity }).warnings?.join()).toContain('is known here');
  });

  it.each(['<a@b@c>', '<none>', 'none'])('to %s gets a warning: mail programs may not thread it', (id) => {
    const given = executor.params.parse({ ...mail, thread_id: THREAD, in_reply_to_message_id: id });
    expect(previewOf(executor, given, { identity }).warnings).toEqual([
      expect.stringContaining('not of the usual form'),
    ]);
  });

  it.each([
    ['<a@b> <c@d>', ['<a@b>', '<c@d>']],
    ['a@b c@d', ['<a@b>', '<c@d>']],
    [
      ['a@b', '<c@d>'],
      ['<a@b>', '<c@d>'],
    ],
  ])('accepts references as %j', (references, read) => {
    expect(executor.params.parse({ ...mail, references })).toMatchObject({ references: read });
  });
});

describe('email_message preview', () => {
  it('shows an international domain in its own letters, however it is spelt', () => {
    const value = 'ada@bücher.example';
    for (const email of ['ada@bücher.example', 'ada@xn--bcher-kva.example']) {
      const { fields } = executor.preview(executor.params.parse({ ...mail, email, cc: email }), { identity });
      expect(fields).toEqual(
        expect.arrayContaining([
          { label: 'To', value },
          { label: 'Cc', value },
        ]),
      );
    }
  });

  it('shows sender, every recipient and the text', () => {
    const params = executor.params.parse({ ...mail, cc: 'bob@example.com', bcc: ['a@x.test', 'b@x.test'] });
    expect(previewOf(executor, params, { identity })).toEqual({
      title: 'Email to ada@example.com',
      fields: [
        { label: 'From', value: 'Sales <sales@ours.test>' },
        { label: 'To', value: 'ada@example.com' },
        { label: 'Cc', value: 'bob@example.com' },
        { label: 'Bcc', value: 'a@x.test, b@x.test' },
        { label: 'Subject', value: 'Hello' },
        { label: 'Leaves through', value: 'mail.ours.test:587, TLS required with a login' },
      ],
      body: { text: 'Hi Ada' },
    });
  });

  it('shows the message it replies to, where replies go, and how it is sent', () => {
    const reply = {
      thread_id: THREAD,
      in_reply_to_message_id: '<m2@x.test>',
      references: ['<m1@x.test>', '<m2@x.test>'],
    };
    const config = { ...identity.config, reply_to: 'Desk <desk@ours.test>', secure: true };
    const { fields } = previewOf(executor, executor.params.parse({ ...mail, ...reply }), {
      identity: { ...identity, config },
    });
    expect(fields.slice(2)).toEqual([
      { label: 'Reply to', value: 'Desk <desk@ours.test>' },
      { label: 'Subject', value: 'Hello' },
      { label: 'In reply to', value: '<m2@x.test>' },
      { label: 'References', value: '<m1@x.test> <m2@x.test>' },
      { label: 'Thread', value: THREAD },
      { label: 'Leaves through', value: 'mail.ours.test:587, TLS' },
    ]);
  });

  it.each([
    [true, 'TLS required'],
    [false, 'TLS where the server offers it'],
  ])('explains require_tls %s', (require_tls, words) => {
    const config = { ...identity.config, require_tls };
    const { fields } = previewOf(executor, executor.params.parse(mail), { identity: { ...identity, config } });
    expect(fields.at(-1)).toEqual({ label: 'Leaves through', value: `mail.ours.test:587, ${words}` });
  });

  it('does not let a name pass for the sender’s address', () => {
    const config = { ...identity.config, from: '"CEO <ceo@bank.test>" <x@ours.test>' };
    const { fields } = previewOf(executor, executor.params.parse(mail), { identity: { ...identity, config } });
    expect(fields[0]).toEqual({ label: 'From', value: '"CEO <ceo@bank.test>" <x@ours.test>' });
  });

  it('shows the HTML without anything that could load or run, and both parts as they are sent', () => {
    const html = '<p onclick="x()">Pay <b>now</b></p><img src="https://t.test/p.png"><script>x()</script>';
    const shown = previewOf(executor, { ...mail, html }, { identity });
    expect(shown.body).toEqual({ html: '<p>Pay <b>now</b></p>' });
    expect(shown.fields).toContainEqual({ label: 'Text', value: mail.message });
    expect(shown.fields).toContainEqual({ label: 'HTML', value: html });
    expect(shown.warnings).toEqual([
      expect.stringContaining(`HTML part of ${html.length} characters`),
      expect.stringContaining('without images, styles and scripts'),
    ]);
  });

  it('refuses attachments and says why', () => {
    const { error } = executor.params.safeParse({ ...mail, attachments: [{ filename: 'a.pdf' }] });
    expect(error?.issues).toEqual([
      expect.objectContaining({ path: ['attachments'], message: expect.stringContaining('are not supported') }),
    ]);
  });

  it.each([
    ['an imitated domain', { ...mail, email: 'ada@exаmple.com' }, /letters that may imitate.*xn--/],
    ['punycode', { ...mail, cc: 'ada@xn--exmple-4nf.com' }, /letters that may imitate.*xn--/],
    [
      'a bidirectional override in the subject',
      { ...mail, subject: 'invoice \u202Efdp.exe' },
      /direction-changing.*: Subject/,
    ],
    ['a zero-width character in the text', { ...mail, message: 'pass\u200bword' }, /invisible.*: body/i],
  ])('warns of %s', (_name, params, warning) => {
    const { warnings } = previewOf(executor, executor.params.parse(params), { identity });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });
});
