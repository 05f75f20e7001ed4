import { until } from '@proviso/testing';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startSlackFake, type SlackFake } from '@proviso/testing/providers/slack';
import { useTenant } from '../test-api.ts';
import { account, approve, expectHidden, proposeAs, run, runAndLose, trailOf } from './from-proposal-to-result.ts';

const TOKEN = 'xoxb-2417-tr0ub4dor';
const GENERAL = 'C024BE91L';
const SALES = 'C0G9QF9GZ';

describe('send_slack_message', () => {
  const executorSettings = { baseUrls: { slack: '' } };
  const { api, here } = useTenant({ executorSettings });
  let slack: SlackFake;
  beforeAll(async () => {
    const channels = [
      { id: GENERAL, name: 'general' },
      { id: SALES, name: 'sales' },
    ];
    slack = await startSlackFake({ token: TOKEN, channels });
    executorSettings.baseUrls.slack = `${slack.url}/api`;
  });
  afterAll(() => slack.close());

  it('shows the account, and is previewed again when the token is for another account', async () => {
    const identity = await account(here, 'slack', { credentials: { token: TOKEN } });
    expect((await here.owner.post(`/v1/identities/${identity}/verify`)).status).toBe(200);
    const proposed = await proposeAs(here, identity, 'send_slack_message', { channel: GENERAL, message: 'Hello' });
    expect(proposed.preview?.fields).toContainEqual({ label: 'Account', value: 'proviso in Acme' });

    await here.owner.patch(`/v1/identities/${identity}`, { credentials: { token: 'xoxb-another' } });
    const { status } = await here.owner.post(`/v1/actions/${proposed.action_id}/approve`, { action: 'approve' });
    expect(status).toBe(409);
    const { action } = (await here.owner.get(`/v1/actions/${proposed.action_id}`)).body;
    expect(JSON.stringify(action.preview)).not.toContain('Acme');
  });

  it('is proposed by a channel’s name, reviewed, edited, posted once, and read back', async () => {
    const identity = await account(here, 'slack', { credentials: { token: TOKEN } });

    // Proposed: the name becomes the id that people approve.
    const proposed = await proposeAs(here, identity, 'send_slack_message', { channel: '#general', message: 'Hello' });
    expect(proposed.params).toEqual({
      channel: '#general',
      message: 'Hello',
      channel_id: GENERAL,
      channel_name: 'general',
    });
    expect(proposed.preview).toEqual({
      title: 'Slack message to #general',
      summary: 'Slack message to #general: “Hello”',
      fields: [
        { label: 'As', value: 'slack' },
        { label: 'Channel', value: '#general' },
        { label: 'Channel id', value: GENERAL },
      ],
      body: { text: 'Hello' },
    });

    // Edited: another channel is looked up again.
    const approved = await approve(here, proposed, { channel: 'sales', message: 'Hello, <!here>' });
    expect(approved.preview).toMatchObject({
      title: 'Slack message to #sales',
      warnings: ['It notifies everybody: @here.'],
    });
    expect(slack.posted).toEqual([]);

    // Run by a worker.
    const ended = await run(api, here, approved);
    expect(slack.posted).toEqual([
      {
        channel: SALES,
        ts: expect.any(String),
        text: 'Hello, <!here>',
        metadata: { event_type: 'proviso_action', event_payload: { action_id: proposed.action_id } },
      },
    ]);
    expect(ended).toMatchObject({
      status: 'completed',
      result: { channel_id: SALES, ts: slack.posted[0]?.ts },
      error: null,
    });
    expect(trailOf(ended)).toEqual(['action.created', 'action.approved', 'action.claimed', 'action.completed']);
    await expectHidden(api, here, TOKEN, proposed, approved, ended);
  });

  it('uses the channel name from Slack, not from the proposal', async () => {
    const identity_id = await account(here, 'slack', { credentials: { token: TOKEN } });
    const type = 'send_slack_message';
    const claim = { channel: GENERAL, message: 'Hi', channel_id: SALES, channel_name: 'general' };
    await here.refuses('INVALID', () => here.owner.post('/v1/actions', { type, identity_id, params: claim }), [
      'params.channel_id',
      'params.channel_name',
    ]);
    const { action_id } = await proposeAs(here, identity_id, type, { channel: GENERAL, message: 'Hi' });
    await here.refuses('INVALID', () =>
      here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits: { channel_id: SALES } }),
    );
  });

  it('looks the channel up again when another account posts it', async () => {
    const [one, other] = [
      await account(here, 'slack', { credentials: { token: TOKEN } }),
      await account(here, 'slack', { credentials: { token: 'xoxb-of-nobody' } }),
    ];
    const params = { channel: '#general', message: 'Hi' };
    const { action_id } = await here.pending({ type: 'send_slack_message', identity_id: one, params });
    await here.refuses('INVALID', () => here.owner.patch(`/v1/actions/${action_id}`, { identity_id: other }), [
      'identity_id',
    ]);
  });

  it.each([
    ['was posted', httpFault.takesThenHangs(), { status: 'completed', result: { channel_id: GENERAL } }],
    ['was not posted', httpFault.hangs(), { status: 'failed', error: { code: 'not_sent' } }],
  ])('is settled by the channel’s history when its worker was lost: it %s', async (_, fault, ending) => {
    const identity = await account(here, 'slack', { credentials: { token: TOKEN } });
    const proposed = await proposeAs(here, identity, 'send_slack_message', { channel: '#general', message: 'Once' });
    const approved = await approve(here, proposed);
    const before = slack.posted.length;
    slack.next('chat.postMessage', fault);
    const ended = await runAndLose(api, here, approved, slack.struck());
    expect(ended).toMatchObject(ending);
    expect(slack.posted.length - before).toBe(ending.status === 'completed' ? 1 : 0);
  });

  it('waits as long as Slack asks, and uses up no attempt', async () => {
    const identity = await account(here, 'slack', { credentials: { token: TOKEN } });
    const proposed = await proposeAs(here, identity, 'send_slack_message', { channel: '#general', message: 'Later' });
    slack.next('chat.postMessage', httpFault.answers(429, { ok: false }, { 'retry-after': '7' }));
    const waiting = await run(api, here, await approve(here, proposed));
    expect(waiting).toMatchObject({ status: 'approved', attempts: 0 });
    expect(waiting.logs.at(-1)).toMatchObject({ event: 'action.retried', data: { delay_ms: 7_000, counted: false } });
    expect(slack.posted.filter(({ text }) => text === 'Later')).toEqual([]);
  });

  it('is posted once when Slack rate limits a burst, and uses up no attempt', async () => {
    const identity = await account(here, 'slack', { credentials: { token: TOKEN } });
    const propose = (message: string) =>
      proposeAs(here, identity, 'send_slack_message', { channel: '#general', message });
    const messages = Array.from({ length: 10 }, (_, index) => `Burst ${index}`);
    const burst = await Promise.all(messages.map(async (message) => approve(here, await propose(message))));
    slack.limit(0);
    const putOff = await Promise.all(burst.map((action) => run(api, here, action)));
    expect(putOff).toEqual(putOff.map(() => expect.objectContaining({ status: 'approved', attempts: 0 })));
    slack.limit(Infinity);
    const posting = burst.map((action) =>
      until(`${action.action_id} to be posted, once Slack’s pause is over`, async () => {
        await here.owner.post(`/v1/actions/${action.action_id}/execute`);
        const now = await run(api, here, action);
        return now.status === 'completed' ? now : undefined;
      }),
    );
    const ended = await Promise.all(posting);
    expect(ended.map(({ attempts }) => attempts)).toEqual(burst.map(() => 1));
    const posted = slack.posted.map(({ text }) => text).filter((text) => text.startsWith('Burst'));
    expect(posted.toSorted()).toEqual(messages);
  });
});
