import type { JsonObject } from '@proviso/contracts';
import type { Executor, IdentityView } from '@proviso/core/executor';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startResendFake, type ResendFake } from '@proviso/testing/providers/resend';
import { builtIns, resendCreateBroadcast, resendCreateContact, resendSendEmail } from '../../src/index.ts';
import { previewOf } from '../preview-of.ts';
import { ACTION, ADA, BOB, contact, lookupContext, runOf, type Workspace } from '../records.ts';

const API_KEY = 're_tr0ub4dor3';
const credentials = { api_key: API_KEY };
const READERS = '78261eea-8f8b-4381-83c6-79fa7120f1cf';
const NOBODYS = '00000000-0000-4000-8000-000000000000';
const approvedAt = new Date('2026-01-03T00:00:00Z');

const settings = { baseUrls: { resend: '' } };
const sendEmail = resendSendEmail(settings);
let createContact: Executor;
let createBroadcast: Executor;
let resend: ResendFake;
beforeEach(async () => {
  resend = await startResendFake({ apiKey: API_KEY, segments: [{ id: READERS, name: 'Readers' }], pageSize: 10 });
  settings.baseUrls.resend = resend.url;
  createContact = resendCreateContact(settings);
  createBroadcast = resendCreateBroadcast(settings);
});
afterEach(() => resend.close());

const acting = (config: JsonObject = {}): IdentityView => ({
  id: 'id_1',
  provider: 'resend',
  name: 'News',
  config: { from: 'News <news@ours.test>', ...config },
});
const openCredentials = async () => credentials;
const issues = ({ params }: Executor, given: object): string[] =>
  (params.safeParse(given).error?.issues ?? []).map(({ path }) => path.join('.'));
const resolve = async ({ params, resolve: look }: Executor, given: object, workspace: Workspace = {}, config = {}) =>
  look?.(params.parse(given), lookupContext(workspace, { identity: acting(config), openCredentials }));
const guard = async (executor: Executor, params: object, workspace: Workspace = {}, config = {}) =>
  executor.guard?.(params as JsonObject, { ...lookupContext(workspace, { identity: acting(config) }), approvedAt });
const run = (executor: Executor, params: object, more: object = {}) =>
  executor.execute(runOf(params, { credentials, identity: acting(), ...more }));

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hi Ada' };
const unsubscribed = { unsubscribed: ['eve@example.com'] };

describe('resend_send_email', () => {
  it.each<[string, object, string[]]>([
    ['nobody to write to', { subject: 'x', text: 'y' }, ['to']],
    ['nothing to read', { to: 'ada@example.com', subject: 'x' }, ['text']],
    ['a subject of two lines', { ...mail, subject: 'a\r\nBcc: b@example.com' }, ['subject']],
    ['two senders', { ...mail, from: 'a@ours.test, b@ours.test' }, ['from']],
    ['an address that is none', { ...mail, cc: ['bob@example.com', 'bob'] }, ['cc.1']],
    ['a tag with a space', { ...mail, tags: [{ name: 'a b', value: 'c' }] }, ['tags.0.name']],
    ['51 readers', { ...mail, bcc: Array(50).fill('bob@example.com') }, ['cc']],
  ])('refuses %s', (_, params, paths) => expect(issues(sendEmail, params)).toEqual(paths));

  it('fills in the contact’s address', async () => {
    const { to: _, ...bare } = mail;
    expect(await resolve(sendEmail, { ...bare, contact_id: ADA })).toEqual({ to: 'ada@example.com' });
    expect(await resolve(sendEmail, mail)).toEqual({});
  });

  it.each<[string, object, string]>([
    ['a contact of nobody', { ...mail, contact_id: BOB }, 'params.contact_id'],
    ['an address that is not the contact’s', { ...mail, to: 'bob@example.com', contact_id: ADA }, 'params.to'],
    ['a sender that the identity does not allow', { ...mail, from: 'boss@other.test' }, 'params.from'],
    ['who has unsubscribed, in bcc too', { ...mail, bcc: ['Eve@example.com'] }, 'params.bcc.0'],
  ])('refuses %s before review', async (_, params, path) => {
    await expect(resolve(sendEmail, params, unsubscribed)).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path }],
    });
  });

  it.each<[string, JsonObject, boolean]>([
    ['its own sender under another name', { from: 'Ada <news@ours.test>' }, true],
    ['an address on the list', { from: 'ada@ours.test', config: { from_allowed: ['ada@ours.test'] } }, true],
    [
      'any address of a domain on the list',
      { from: 'Bob <bob@ours.test>', config: { from_allowed: ['@ours.test'] } },
      true,
    ],
    [
      'its domain in another spelling',
      { from: 'b@bücher.example', config: { from_allowed: ['@xn--bcher-kva.example'] } },
      true,
    ],
    [
      'its address in another spelling',
      { from: 'b@xn--bcher-kva.example', config: { from_allowed: ['B@bücher.example'] } },
      true,
    ],
    ['an address of a domain below it', { from: 'bob@sub.ours.test', config: { from_allowed: ['@ours.test'] } }, false],
    [
      'an address of a domain that ends alike',
      { from: 'bob@notours.test', config: { from_allowed: ['@ours.test'] } },
      false,
    ],
  ])('accepts or refuses the sender %s', async (_, { from, config = {} }, allowed) => {
    const params = { ...mail, from };
    const verdict = await guard(sendEmail, params, {}, config as JsonObject);
    expect(verdict?.kind).toBe(allowed ? 'ok' : 'refused');
    await expect(
      resolve(sendEmail, params, {}, config as JsonObject).then(
        () => true,
        () => false,
      ),
    ).resolves.toBe(allowed);
  });

  it.each<[string, Workspace, string]>([
    ['ok when nothing changed', {}, 'ok'],
    ['refused once the contact is gone', { contacts: [] }, 'refused'],
    ['refused once the contact has unsubscribed', { contacts: [contact({ unsubscribedAt: approvedAt })] }, 'refused'],
    [
      'back to a person once the contact has another address',
      { contacts: [contact({ email: 'a@new.test' })] },
      'stale',
    ],
  ])('is %s', async (_, workspace, kind) => {
    expect(await guard(sendEmail, { ...mail, contact_id: ADA }, workspace)).toMatchObject({ kind });
  });

  it('shows HTML without anything that could load or run, and its whole source', () => {
    const html =
      '<p onclick="x()">Hi <a href="javascript:x()">you</a><img src="https://t.test/p.gif"><script>x()</script></p>';
    const { body, fields, warnings } = previewOf(sendEmail, { ...mail, html }, { identity: acting() });
    expect(body).toEqual({ html: '<p>Hi <a>you</a></p>' });
    expect(fields).toContainEqual({ label: 'HTML', value: html });
    expect(fields).toContainEqual({ label: 'Text', value: 'Hi Ada' });
    expect(warnings).toEqual(['The HTML is shown without images, styles and scripts; it is sent as it is given.']);
  });

  it('sends what was approved, in Resend’s format', async () => {
    const html = '<p onclick="x()">Hi</p>';
    const params = {
      ...mail,
      html,
      cc: ['bob@example.com'],
      reply_to: 'us@ours.test',
      tags: [{ name: 'a', value: 'b' }],
    };
    expect(await run(sendEmail, params)).toEqual({ kind: 'done', result: { email_id: resend.sent[0]?.id } });
    const { reply_to: _, ...same } = params;
    expect(resend.sent[0]?.mail).toEqual({
      ...same,
      from: 'News <news@ours.test>',
      to: ['ada@example.com'],
      reply_to: ['us@ours.test'],
    });
  });

  it('sends to the address in the preview’s warning', async () => {
    const params = { ...mail, to: 'ada@exämple.test' };
    const { warnings } = previewOf(sendEmail, params, { identity: acting() });
    expect(warnings).toEqual([expect.stringContaining('it is xn--exmple-cua.test')]);
    await run(sendEmail, params);
    expect(resend.sent[0]?.mail.to).toEqual(['ada@xn--exmple-cua.test']);
  });

  it('sends once per key, whatever was lost, and never something else with it', async () => {
    resend.next('/emails', httpFault.takesThenCuts());
    expect(await run(sendEmail, mail)).toMatchObject({ kind: 'retry', undone: false });
    expect(await run(sendEmail, mail)).toEqual({ kind: 'done', result: { email_id: resend.sent[0]?.id } });
    expect(await run(sendEmail, { ...mail, text: 'Other' })).toMatchObject({ kind: 'retry', undone: false });
    expect(resend.sent).toHaveLength(1);
    expect(sendEmail.keyLifetimeMs).toBeLessThan(24 * 3_600_000);
  });

  it('reports how long to wait', async () => {
    resend.next('/emails', httpFault.answers(429, { name: 'rate_limit_exceeded' }, { 'retry-after': '3' }));
    resend.next('/emails', httpFault.answers(429, { name: 'daily_quota_exceeded' }));
    expect(await run(sendEmail, mail)).toMatchObject({ kind: 'retry', undone: true, afterMs: 3_000 });
    expect(await run(sendEmail, mail)).toMatchObject({ kind: 'retry', undone: true, afterMs: 3_600_000 });
  });

  it('knows that nothing was sent without a connection', async () => {
    await resend.refuseConnections();
    expect(await run(sendEmail, mail)).toMatchObject({ kind: 'retry', undone: true });
  });
});

describe('resend_create_contact', () => {
  const ada = { email: 'ada@example.com', first_name: 'Ada', segment_ids: [READERS] };

  it('needs an address or a contact', () => expect(issues(createContact, { first_name: 'Ada' })).toEqual(['email']));

  it('fills in the contact’s address and the segments’ names', async () => {
    const { email: _, ...bare } = ada;
    expect(await resolve(createContact, { ...bare, contact_id: ADA })).toEqual({
      email: 'ada@example.com',
      segment_names: ['Readers'],
    });
  });

  it.each<[string, object, string]>([
    ['a contact of nobody', { ...ada, contact_id: BOB }, 'params.contact_id'],
    ['an address that is not the contact’s', { ...ada, email: 'bob@example.com', contact_id: ADA }, 'params.email'],
    ['a segment of nobody', { ...ada, segment_ids: [READERS, NOBODYS] }, 'params.segment_ids.1'],
    ['who has unsubscribed', { email: 'eve@example.com' }, 'params.email'],
  ])('refuses %s before review', async (_, params, path) => {
    await expect(resolve(createContact, params, unsubscribed)).rejects.toMatchObject({ details: [{ path }] });
  });

  it('keeps an unsubscribed person unsubscribed', async () => {
    const eve = { email: 'eve@example.com', unsubscribed: true };
    expect(await resolve(createContact, eve, unsubscribed)).toEqual({});
    expect(await guard(createContact, eve, unsubscribed)).toEqual({ kind: 'ok' });
    expect(await guard(createContact, { ...eve, unsubscribed: false }, unsubscribed)).toMatchObject({
      kind: 'refused',
    });
  });

  it('accepts segments without names while Resend is down', async () => {
    await resend.refuseConnections();
    expect(await resolve(createContact, ada)).toEqual({});
  });

  it('adds a contact, or updates the existing one', async () => {
    expect(await run(createContact, ada)).toMatchObject({ kind: 'done', result: { created: true } });
    const again = await run(createContact, { email: 'ada@example.com', last_name: 'L', segment_ids: [READERS] });
    const [only] = resend.contacts;
    expect(again).toEqual({ kind: 'done', result: { resend_contact_id: only?.id, created: false } });
    expect(resend.contacts).toMatchObject([{ fields: { first_name: 'Ada', last_name: 'L' }, segments: [READERS] }]);
  });

  it('escapes addresses in a path', async () => {
    const email = 'a/../b?c#d@example.com';
    await run(createContact, { email });
    expect(await run(createContact, { email })).toMatchObject({ kind: 'done', result: { created: false } });
    expect(resend.contacts).toHaveLength(1);
  });

  it('does not call a change undone when it was stopped in the middle', async () => {
    await run(createContact, ada);
    const stop = new AbortController();
    const contactPath = `/contacts/${resend.contacts[0]?.id}`;
    resend.next(contactPath, { takes: true, until: resend.struck().then(() => stop.abort()) });
    const changed = run(createContact, { ...ada, last_name: 'L' }, { signal: stop.signal });
    expect(await changed).toMatchObject({ kind: 'retry', undone: false });
    expect(resend.contacts).toMatchObject([{ fields: { last_name: 'L' } }]);
  });

  it('does not call a change undone when a segment is gone', async () => {
    await run(createContact, ada);
    expect(await run(createContact, { ...ada, segment_ids: [NOBODYS] })).toMatchObject({
      kind: 'retry',
      undone: false,
    });
  });
});

describe('resend_create_broadcast', () => {
  const news = { segment_id: READERS, segment_name: 'Readers', subject: 'News', text: 'It is out.' };

  it.each<[string, object, JsonObject]>([
    ['a draft', news, { title: 'Draft a broadcast to Readers', value: 'No, it stays a draft at Resend' }],
    [
      'sent',
      { ...news, send: true },
      { title: 'Send a broadcast to Readers', value: 'Yes, to everybody in the segment' },
    ],
  ])('shows in its preview whether it is %s, and does so', async (_, params, { title, value }) => {
    const preview = createBroadcast.preview(params as JsonObject, { identity: acting() });
    expect(preview).toMatchObject({ title });
    expect(preview.fields[0]).toEqual({ label: 'Sent at once', value });
    const sent = 'send' in params;
    const outcome = await run(createBroadcast, params);
    expect(outcome).toEqual({ kind: 'done', result: { broadcast_id: resend.broadcasts[0]?.id, sent } });
    expect(resend.broadcasts[0]?.asked).toEqual({
      name: `News [${ACTION}]`,
      segment_id: READERS,
      from: 'News <news@ours.test>',
      subject: 'News',
      text: 'It is out.',
      ...(sent && { send: true }),
    });
  });

  it('looks the segment up', async () => {
    const { segment_name: _, ...given } = news;
    expect(await resolve(createBroadcast, given)).toEqual({ segment_name: 'Readers' });
    await expect(resolve(createBroadcast, { ...given, segment_id: NOBODYS })).rejects.toMatchObject({
      details: [{ path: 'params.segment_id' }],
    });
  });

  it('requires a key that can read segments', async () => {
    const { segment_name: _, ...given } = news;
    resend.restrict();
    await expect(resolve(createBroadcast, given)).rejects.toMatchObject({ details: [{ path: 'identity_id' }] });
  });

  const lost = (params: object = news) =>
    createBroadcast.reconcile?.({ ...runOf(params, { credentials }), begunAt: approvedAt });

  it('is found by its name after a lost worker, over pages', async () => {
    await run(createBroadcast, news);
    const [{ id } = { id: '' }] = resend.broadcasts;
    for (let other = 0; other < 12; other++) {
      await createBroadcast.execute(
        runOf(news, { credentials, identity: acting(), action: { ...runOf(news).action, id: `act_other${other}` } }),
      );
    }
    expect(await lost()).toEqual({ kind: 'done', result: { broadcast_id: id, sent: false } });
    expect(await lost({ ...news, send: true })).toEqual({ kind: 'unknown' });
  });

  it('was not created when no broadcast has its name', async () => expect(await lost()).toEqual({ kind: 'not_done' }));

  it('does not know what it cannot read', async () => {
    resend.restrict();
    expect(await lost()).toEqual({ kind: 'unknown' });
    await resend.refuseConnections();
    expect(await lost()).toEqual({ kind: 'unknown' });
  });
});

describe('a Resend account', () => {
  const kind = builtIns(settings).providers.find(({ provider }) => provider === 'resend');
  const verify = (given: object | null) =>
    kind?.verify({ config: acting().config, credentials: given, signal: new AbortController().signal });

  it('is verified by its domains', async () =>
    expect(await verify(credentials)).toEqual({ ok: true, account: 'ours.test' }));

  it('may have a key that only sends', async () => {
    resend.restrict();
    expect(await verify(credentials)).toEqual({ ok: true, account: 'a key that may only send' });
  });

  it.each([
    ['is not verified there', [{ name: 'ours.test', status: 'pending' }], false],
    ['is not there', [{ name: 'mail.ours.test', status: 'verified' }], false],
    ['is verified', [{ name: 'Ours.test', status: 'verified' }], true],
    ['may be on a page that was not read', [], true],
  ])('says whether it may send when the sender’s domain %s', async (_, data, ok) => {
    resend.next('/domains', httpFault.answers(200, { object: 'list', data, has_more: data.length === 0 }));
    expect(await verify(credentials)).toMatchObject(
      ok ? { ok } : { ok, message: 'ours.test, the domain of from, is not verified at Resend.' },
    );
  });

  it('is refused without revealing the key that Resend repeats', async () => {
    expect(await verify({ api_key: 're_other' })).toEqual({
      ok: false,
      message:
        'Resend refused it (403): invalid_api_key: API key Bearer [hidden] is invalid. Check the credentials and what they allow.',
    });
  });

  it('is not verified while Resend is down', async () => {
    await resend.refuseConnections();
    expect(await verify(credentials)).toMatchObject({ ok: false });
    expect(await verify(null)).toMatchObject({ ok: false });
  });
});
