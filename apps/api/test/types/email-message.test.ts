import { startSmtpSink, type SmtpSink } from '@proviso/local-server/smtp-sink';
import type { JsonObject } from '@proviso/contracts';
import { type Tenant, useTenant } from '../test-api.ts';
import { account, approve, expectHidden, proposeAs, run, trailOf } from './from-proposal-to-result.ts';

const PASSWORD = 'correct horse battery staple';

describe('email_message', () => {
  const { api, here } = useTenant();
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await startSmtpSink();
  });
  afterAll(() => sink.close());

  const propose = async (tenant: Tenant, more: JsonObject = {}) => {
    const config = { host: sink.host, port: sink.port, from: 'Sales <sales@example.com>', require_tls: false };
    const mail = { email: 'ada@example.com', subject: 'Your demo', message: 'Hi Ada', html: '<p>Hi <b>Ada</b></p>' };
    return proposeAs(tenant, await account(tenant, 'smtp', { config }), 'email_message', { ...mail, ...more });
  };

  it('shows and sends an edit: of the text alone removes the HTML from the preview and the mail', async () => {
    const approved = await approve(here, await propose(here, { subject: 'Edited' }), { message: 'Hello Grace' });
    expect(approved.approval).toMatchObject({ edits: { message: 'Hello Grace', html: null } });
    expect(approved.preview?.body).toEqual({ text: 'Hello Grace' });
    await run(api, here, approved);
    const sent = (await sink.waitFor(1)).find(({ subject }) => subject === 'Edited');
    expect(sent).toMatchObject({ text: expect.stringContaining('Hello Grace') as string });
    expect(sent?.html || '').not.toContain('Ada');
  });

  it('shows and sends an edit of both parts, and an edit without changes removes nothing', async () => {
    const both = { message: 'Hello Grace', html: '<p>Hello Grace</p>' };
    const approved = await approve(here, await propose(here), both);
    expect(approved.preview?.body).toMatchObject({ html: expect.stringContaining('Hello Grace') as string });
    const same = await approve(here, await propose(here), { message: 'Hi Ada', cc: 'grace@example.com' });
    expect(same.preview?.body).toMatchObject({ html: expect.stringContaining('Ada') as string });
  });

  it('is proposed for a contact, reviewed, edited, sent once, and read back with its thread', async () => {
    const { contact_id } = (await here.owner.post('/v1/contacts', { email: 'ada@example.com' })).body.contact;
    const identity = await account(here, 'smtp', {
      config: { host: sink.host, port: sink.port, from: 'Sales <sales@example.com>', require_tls: false },
      credentials: { user: 'sales', pass: PASSWORD },
    });

    // Proposed: the address comes from the contact before anybody looks.
    const params = { contact_id, subject: 'Your demo', message: 'Hi Ada', html: '<p onclick="x()">Hi <b>Ada</b></p>' };
    const proposed = await proposeAs(here, identity, 'email_message', params);
    expect(proposed.params).toMatchObject({ email: 'ada@example.com', subject: 'Your demo' });
    expect(proposed.preview?.fields).toEqual(
      expect.arrayContaining([
        { label: 'From', value: 'Sales <sales@example.com>' },
        { label: 'To', value: 'ada@example.com' },
        { label: 'Subject', value: 'Your demo' },
      ]),
    );
    const earlier = sink.messages().length;

    // Edited: what is sent is what the reviewer left.
    const approved = await approve(here, proposed, { subject: 'Our demo on Tuesday', cc: ['grace@example.com'] });
    expect(approved.params).toMatchObject({ subject: 'Our demo on Tuesday', message: 'Hi Ada' });

    // Run by a worker.
    const ended = await run(api, here, approved);
    const mail = (await sink.waitFor(earlier + 1))[earlier];
    expect(mail).toMatchObject({
      subject: 'Our demo on Tuesday',
      envelope: { to: ['ada@example.com', 'grace@example.com'] },
      html: expect.stringContaining('<p onclick="x()">'),
    });
    expect(ended).toMatchObject({
      status: 'completed',
      result: { message_id: mail?.id, accepted: ['ada@example.com', 'grace@example.com'] },
      approval: { decision: 'edit', edits: { subject: 'Our demo on Tuesday', cc: ['grace@example.com'] } },
    });
    expect(trailOf(ended)).toEqual(['action.created', 'action.approved', 'action.claimed', 'action.completed']);

    // The next one is a follow-up in the thread that it began.
    const { email_threads } = (await here.owner.get(`/v1/contacts/${contact_id}/email-threads`)).body;
    expect(email_threads).toMatchObject([{ subject: 'Our demo on Tuesday', last_message_id: mail?.id }]);
    const next = { contact_id, follow_up: true, message: 'Any news?' };
    const second = await approve(here, await proposeAs(here, identity, 'email_message', next));
    await run(api, here, second);
    const reply = (await sink.waitFor(earlier + 2))[earlier + 1];
    expect(reply).toMatchObject({ subject: 'Re: Our demo on Tuesday', headers: { in_reply_to: mail?.id } });
    await expectHidden(api, here, PASSWORD, ended, second);
  });

  it('returns to review when the contact’s address changed, and is approved with the new address', async () => {
    const { contact_id } = (await here.owner.post('/v1/contacts', { email: 'old@example.com' })).body.contact;
    const config = { host: sink.host, port: sink.port, from: 'sales@example.com' };
    const identity = await account(here, 'smtp', { config });
    const params = { contact_id, subject: 'x', message: 'x' };
    const approved = await approve(here, await proposeAs(here, identity, 'email_message', params));
    await here.owner.patch(`/v1/contacts/${contact_id}`, { email: 'new@example.com' });
    const stale = await run(api, here, approved);
    expect(stale).toMatchObject({ status: 'pending_approval', status_reason: 'stale' });

    const address = `/v1/actions/${stale.action_id}/approve`;
    const refused = await here.owner.post(address, { action: 'approve', params_hash: stale.params_hash });
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    const now = (await here.owner.get(`/v1/actions/${stale.action_id}`)).body.action;
    expect(now.params).toMatchObject({ email: 'new@example.com' });

    const ended = await run(api, here, await approve(here, now));
    expect(ended).toMatchObject({ status: 'completed', result: { accepted: ['new@example.com'] } });
  });

  it('is sent without the parts that a reviewer removes by an edit of null', async () => {
    const identity = await account(here, 'smtp', {
      config: { host: sink.host, port: sink.port, from: 'sales@example.com', require_tls: false },
    });
    const params = {
      email: 'ada@example.com',
      subject: 'x',
      message: 'text',
      html: '<p>html</p>',
      cc: 'bob@example.com',
    };
    const proposed = await proposeAs(here, identity, 'email_message', { ...params, bcc: null });
    expect(proposed.params).not.toHaveProperty('bcc');
    const approved = await approve(here, proposed, { html: null, cc: null });
    expect(approved.preview?.fields.map(({ label }) => label)).not.toContain('Cc');
    const before = sink.messages().length;
    expect(await run(api, here, approved)).toMatchObject({
      status: 'completed',
      approval: { edits: { html: null, cc: null } },
      result: { accepted: ['ada@example.com'] },
    });
    const mail = (await sink.waitFor(before + 1)).at(-1);
    expect(mail?.envelope).toMatchObject({ to: ['ada@example.com'] });
    expect(mail?.html || undefined).toBeUndefined();
  });
});
