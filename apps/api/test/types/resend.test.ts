import { httpFault } from '@proviso/testing/providers/http-fake';
import { startResendFake, type ResendFake } from '@proviso/testing/providers/resend';
import { type Tenant, useTenant } from '../test-api.ts';
import { account, approve, expectHidden, proposeAs, run, runAndLose, trailOf } from './from-proposal-to-result.ts';

const API_KEY = 're_tr0ub4dor3';
const READERS = '78261eea-8f8b-4381-83c6-79fa7120f1cf';
const TRAIL = ['action.created', 'action.approved', 'action.claimed', 'action.completed'];

describe('through Resend', () => {
  const executorSettings = { baseUrls: { resend: '' } };
  const { api, here } = useTenant({ executorSettings });
  let resend: ResendFake;
  beforeEach(async () => {
    resend = await startResendFake({ apiKey: API_KEY, segments: [{ id: READERS, name: 'Readers' }] });
    executorSettings.baseUrls.resend = resend.url;
  });
  afterEach(() => resend.close());

  /** An account that sends as News, and as anybody else at ours.test. */
  const news = (): Promise<string> =>
    account(here, 'resend', {
      config: { from: 'News <news@ours.test>', from_allowed: ['@ours.test'] },
      credentials: { api_key: API_KEY },
    });
  const contactOf = async ({ owner }: Tenant, email: string): Promise<string> =>
    (await owner.post('/v1/contacts', { email })).body.contact.contact_id;

  it('an e-mail is proposed to a contact, reviewed, edited, sent once, and read back', async () => {
    const identity = await news();
    const contact_id = await contactOf(here, 'ada@example.com');

    // Proposed: the contact's address is filled in, and the preview shows the HTML without what could run.
    const html = '<p>Hi <b>Ada</b><script>track()</script></p>';
    const proposed = await proposeAs(here, identity, 'resend_send_email', { contact_id, subject: 'Hello', html });
    expect(proposed.params).toMatchObject({ to: 'ada@example.com', contact_id: proposed.contact_id });
    expect(proposed.preview).toEqual({
      title: 'Email to ada@example.com',
      summary: 'Email to ada@example.com: Hello',
      fields: [
        { label: 'From', value: 'News <news@ours.test>' },
        { label: 'To', value: 'ada@example.com' },
        { label: 'Subject', value: 'Hello' },
        { label: 'HTML', value: html },
      ],
      body: { html: '<p>Hi <b>Ada</b></p>' },
      warnings: ['The HTML is shown without images, styles and scripts; it is sent as it is given.'],
    });

    // Edited.
    const approved = await approve(here, proposed, { subject: 'Hello, Ada', from: 'Ada <ada@ours.test>' });
    expect(approved.preview?.fields[0]).toEqual({ label: 'From', value: 'Ada <ada@ours.test>' });
    expect(resend.sent).toEqual([]);

    // Run by a worker whose first answer is lost: the second attempt is told that it is there.
    resend.next('/emails', httpFault.takesThenCuts());
    const waiting = await run(api, here, approved);
    expect(waiting).toMatchObject({ status: 'approved' });
    await here.owner.post(`/v1/actions/${proposed.action_id}/execute`);
    const ended = await run(api, here, approved);
    expect(resend.sent).toMatchObject([
      { mail: { from: 'Ada <ada@ours.test>', to: ['ada@example.com'], subject: 'Hello, Ada', html } },
    ]);
    expect(ended).toMatchObject({ status: 'completed', result: { email_id: resend.sent[0]?.id }, error: null });
    expect(trailOf(ended).at(-1)).toBe('action.completed');
    await expectHidden(api, here, API_KEY, proposed, approved, waiting, ended);
  });

  it('an e-mail returns to review when the contact’s address changed after the approval', async () => {
    const contact_id = await contactOf(here, 'ada@example.com');
    const params = { contact_id, subject: 'Hello', text: 'Hi' };
    const approved = await approve(here, await proposeAs(here, await news(), 'resend_send_email', params));
    await here.owner.patch(`/v1/contacts/${contact_id}`, { email: 'ada@new.test' });
    const ended = await run(api, here, approved);
    expect(ended).toMatchObject({ status: 'pending_approval', status_reason: 'stale' });
    expect(ended.logs.at(-1)?.data).toMatchObject({ changes: ["the contact's address is now ada@new.test"] });
    expect(resend.sent).toEqual([]);
  });

  it('an e-mail without a response ends as unknown after five attempts, not as unsent', async () => {
    const params = { to: 'ada@example.com', subject: 'Hello', text: 'Hi' };
    const approved = await approve(here, await proposeAs(here, await news(), 'resend_send_email', params));
    resend.next('/emails', ...Array(5).fill(httpFault.cuts()));
    let ended = await run(api, here, approved);
    while (ended.status === 'approved') {
      await here.owner.post(`/v1/actions/${approved.action_id}/execute`);
      ended = await run(api, here, approved);
    }
    expect(ended).toMatchObject({
      status: 'failed',
      attempts: 5,
      error: { code: 'outcome_unknown', retryable: false },
    });
  });

  it('an e-mail whose worker was lost is sent again with its key, so only once', async () => {
    const params = { to: 'ada@example.com', subject: 'Hello', text: 'Hi' };
    const approved = await approve(here, await proposeAs(here, await news(), 'resend_send_email', params));
    resend.next('/emails', httpFault.takesThenHangs());
    expect(await runAndLose(api, here, approved, resend.struck())).toMatchObject({ status: 'approved' });
    expect(await run(api, here, approved)).toMatchObject({ status: 'completed' });
    expect(resend.sent).toHaveLength(1);
    expect(resend.requests.filter(({ path }) => path === '/emails')).toHaveLength(2);
  });

  it.each([
    ['was created', httpFault.takesThenHangs(), { status: 'completed', result: { sent: false } }],
    ['was not created', httpFault.hangs(), { status: 'failed', error: { code: 'not_sent' } }],
  ])('a broadcast whose worker was lost is settled by its name: it %s', async (_, fault, ending) => {
    const params = { segment_id: READERS, subject: 'News', text: 'It is out.' };
    const approved = await approve(here, await proposeAs(here, await news(), 'resend_create_broadcast', params));
    resend.next('/broadcasts', fault);
    expect(await runAndLose(api, here, approved, resend.struck())).toMatchObject(ending);
    expect(resend.broadcasts).toHaveLength(ending.status === 'completed' ? 1 : 0);
  });

  it('a contact is proposed, reviewed, edited, added once, and read back', async () => {
    const params = { email: 'ada@example.com', first_name: 'Ada', segment_ids: [READERS] };
    const proposed = await proposeAs(here, await news(), 'resend_create_contact', params);
    expect(proposed.preview).toMatchObject({
      title: 'Resend contact ada@example.com',
      fields: [
        { label: 'In', value: 'resend' },
        { label: 'Email', value: 'ada@example.com' },
        { label: 'First name', value: 'Ada' },
        { label: 'Segments', value: 'Readers' },
        { label: 'Segment ids', value: READERS },
      ],
    });
    const approved = await approve(here, proposed, { last_name: 'Lovelace' });
    const ended = await run(api, here, approved);
    const [added] = resend.contacts;
    expect(resend.contacts).toMatchObject([
      { email: 'ada@example.com', fields: { first_name: 'Ada', last_name: 'Lovelace' }, segments: [READERS] },
    ]);
    expect(ended).toMatchObject({ status: 'completed', result: { resend_contact_id: added?.id, created: true } });
    expect(trailOf(ended)).toEqual(TRAIL);
    await expectHidden(api, here, API_KEY, proposed, approved, ended);
  });

  it('a broadcast is proposed as a draft, reviewed, edited to be sent, created once, and read back', async () => {
    const params = { segment_id: READERS, subject: 'News', text: 'It is out.' };
    const proposed = await proposeAs(here, await news(), 'resend_create_broadcast', params);
    expect(proposed.preview).toMatchObject({ title: 'Draft a broadcast to Readers' });
    const approved = await approve(here, proposed, { send: true });
    expect(approved.preview).toMatchObject({
      title: 'Send a broadcast to Readers',
      fields: expect.arrayContaining([{ label: 'Sent at once', value: 'Yes, to everybody in the segment' }]),
    });
    resend.next('/broadcasts', httpFault.takesThenCuts()); // the answer is lost, and its name finds it again
    const ended = await run(api, here, approved);
    expect(resend.broadcasts).toMatchObject([{ asked: { name: `News [${proposed.action_id}]`, send: true } }]);
    const broadcast_id = resend.broadcasts[0]?.id;
    expect(ended).toMatchObject({ status: 'completed', result: { broadcast_id, sent: true }, error: null });
    expect(trailOf(ended)).toEqual(TRAIL);
    await expectHidden(api, here, API_KEY, proposed, approved, ended);
  });
});
