import type { Executor } from '@proviso/core/executor';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startSlackFake, type FakeChannel, type SlackFake } from '@proviso/testing/providers/slack';
import { builtIns, sendSlackMessage } from '../../src/index.ts';
import { ACTION, lookupContext, runOf } from '../records.ts';

const TOKEN = 'xoxb-2417-tr0ub4dor';
const credentials = { token: TOKEN };
const GENERAL = 'C024BE91L';
const CHANNELS: FakeChannel[] = [
  { id: GENERAL, name: 'general' },
  { id: 'C0OLD0000', name: 'old', archived: true },
  ...Array.from({ length: 25 }, (_, index) => ({ id: `C0MANY0${index + 10}`, name: `many-${index}` })),
];

const settings = { baseUrls: { slack: '' } };
let slack: SlackFake;
let executor: Executor;
beforeEach(async () => {
  slack = await startSlackFake({ token: TOKEN, channels: CHANNELS, pageSize: 10 });
  settings.baseUrls.slack = slack.url;
  executor = sendSlackMessage(settings);
});
afterEach(() => slack.close());

const resolve = async (params: object, given: object | null = credentials) => {
  const openCredentials = async () => given as typeof credentials | null;
  return executor.resolve?.(executor.params.parse(params), lookupContext({}, { openCredentials }));
};
const asked = (): string[] => slack.requests.map(({ path }) => path.slice(1));

const context = () =>
  runOf({ channel: '#general', message: 'Hi', channel_id: GENERAL, channel_name: 'general' }, { credentials });
const begunAt = new Date();

describe('send_slack_message params', () => {
  it.each(['#general', 'general', 'größe', 'C024BE91L', 'G024BE91L', 'D024BE91L'])(
    'accept %s as a channel',
    (channel) => expect(executor.params.safeParse({ channel, message: 'x' })).toMatchObject({ success: true }),
  );
  it.each(['', '#', '##x', '@ada', 'General', 'U024BE91L', 'a b', '<!channel>', 'x'.repeat(81)])(
    'refuse %j as a channel',
    (channel) => expect(executor.params.safeParse({ channel, message: 'x' })).toMatchObject({ success: false }),
  );
  it.each([
    ['nothing', '', false],
    ['40 000 characters', 'x'.repeat(40_000), true],
    ['one more', 'x'.repeat(40_001), false],
  ])('accept or refuse the message %s', (_, message, success) =>
    expect(executor.params.safeParse({ channel: '#x', message })).toMatchObject({ success }),
  );
});

describe('send_slack_message warns of whom it notifies', () => {
  it.each<[string, string[]]>([
    ['Hello, <!here>', ['It notifies everybody: @here.']],
    ['<!channel|channel> and <!everyone>', ['It notifies everybody: @channel, @everyone.']],
    ['<!subteam^S024BE91L>', ['It notifies everybody in these groups: S024BE91L.']],
    [
      '<!subteam^S024BE91L|@ops> <!subteam^S024BE91L> <!subteam^S0OTHER>, <!here|here>',
      ['It notifies everybody: @here.', 'It notifies everybody in these groups: S024BE91L, S0OTHER.'],
    ],
    ['<@U024BE91L> here, channel', []],
  ])('%s', (message, warnings) => {
    const params = { channel: '#general', message, channel_id: GENERAL, channel_name: 'general' };
    expect(executor.preview(params, { identity: null }).warnings ?? []).toEqual(warnings);
  });
});

describe('send_slack_message looks its channel up', () => {
  it('by name, over pages', async () => {
    expect(await resolve({ channel: '#many-24', message: 'x' })).toEqual({
      channel_id: 'C0MANY034',
      channel_name: 'many-24',
    });
    expect(asked()).toEqual(Array(3).fill('conversations.list'));
  });

  it('by id, for its name', async () => {
    expect(await resolve({ channel: GENERAL, message: 'x' })).toEqual({ channel_id: GENERAL, channel_name: 'general' });
  });

  it('once for a whole bulk of messages', async () => {
    const params = { channel: '#general', message: 'x' };
    const found = await Promise.all(Array.from({ length: 100 }, () => resolve(params)));
    expect(new Set(found.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(asked()).toHaveLength(1);
  });

  it('again after Slack was away', async () => {
    slack.next('conversations.list', httpFault.cuts());
    const params = { channel: '#general', message: 'x' };
    await expect(resolve(params)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await resolve(params)).toEqual({ channel_id: GENERAL, channel_name: 'general' });
  });

  it('never twice', async () => {
    expect(await resolve({ channel: '#general', message: 'x', channel_id: GENERAL })).toEqual({});
    expect(asked()).toEqual([]);
  });

  it.each([
    ['a name that is nobody’s', { channel: '#nowhere' }, credentials, 'params.channel'],
    ['a name of an archived channel', { channel: '#old' }, credentials, 'params.channel'],
    ['an id that is nobody’s', { channel: 'C0NOBODY0' }, credentials, 'params.channel'],
    ['an id of an archived channel', { channel: 'C0OLD0000' }, credentials, 'params.channel'],
    ['an identity without a token', { channel: GENERAL }, null, 'identity_id'],
    ['a token that Slack does not know', { channel: GENERAL }, { token: 'xoxb-no' }, 'identity_id'],
  ])('and refuses %s', async (_, params, given, path) => {
    await expect(resolve({ ...params, message: 'x' }, given)).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path }],
    });
  });

  it('accepts an id unchecked when Slack is down, with a warning in the preview', async () => {
    await slack.refuseConnections();
    const params = { channel: GENERAL, message: 'x' };
    const resolved = await resolve(params);
    expect(resolved).toEqual({ channel_id: GENERAL });
    expect(executor.preview({ ...params, ...resolved }, { identity: null })).toMatchObject({
      title: `Slack message to ${GENERAL}`,
      warnings: ['Slack gave no name for this channel.'],
    });
    await expect(resolve({ channel: '#general', message: 'x' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('requires an id if the token cannot read channels', async () => {
    slack.forbidReading();
    expect(await resolve({ channel: GENERAL, message: 'x' })).toEqual({ channel_id: GENERAL });
    await expect(resolve({ channel: '#general', message: 'x' })).rejects.toMatchObject({
      details: [{ path: 'params.channel' }],
    });
  });
});

describe('send_slack_message says what it knows', () => {
  it('that nothing was sent without a connection', async () => {
    await slack.refuseConnections();
    expect(await executor.execute(context())).toMatchObject({ kind: 'retry', undone: true });
  });

  it('how long Slack asks to wait', async () => {
    slack.next('chat.postMessage', httpFault.answers(429, {}, { 'retry-after': '7' }), httpFault.answers(429));
    expect(await executor.execute(context())).toMatchObject({ kind: 'retry', undone: true, afterMs: 7_000 });
    expect(await executor.execute(context())).toMatchObject({ kind: 'retry', undone: true, afterMs: 30_000 });
  });

  it('that it may have been sent when the answer was lost and the history cannot be read', async () => {
    slack.forbidReading();
    slack.next('chat.postMessage', httpFault.takesThenCuts());
    expect(await executor.execute(context())).toMatchObject({ kind: 'retry', undone: false });
  });

  it('which message it was when the answer was lost and the history has it', async () => {
    slack.next('chat.postMessage', httpFault.takesThenCuts());
    const outcome = await executor.execute(context());
    expect(slack.posted).toHaveLength(1);
    expect(outcome).toEqual({ kind: 'done', result: { channel_id: GENERAL, ts: slack.posted[0]?.ts } });
  });
});

describe('send_slack_message after a lost worker', () => {
  const post = (id: string) => executor.execute({ ...context(), action: { ...context().action, id } });
  const endless = httpFault.answers(200, { ok: true, messages: [], response_metadata: { next_cursor: 'more' } });
  const settle = () => executor.reconcile?.({ ...context(), begunAt });

  it('finds its message among others, over pages', async () => {
    await post(ACTION);
    for (let other = 0; other < 25; other++) await post(`act_other${other}`);
    expect(await settle()).toEqual({ kind: 'done', result: { channel_id: GENERAL, ts: slack.posted[0]?.ts } });
  });

  it('knows that it was not sent when the history has no such message', async () => {
    await post('act_other');
    expect(await settle()).toEqual({ kind: 'not_done' });
  });

  it.each<[string, () => unknown]>([
    ['may not be read', () => slack.forbidReading()],
    ['cannot be reached', () => slack.refuseConnections()],
    ['is too long to read', () => slack.next('conversations.history', ...Array(10).fill(endless))],
  ])('does not know when the history %s', async (_, arrange) => {
    await post(ACTION);
    await arrange();
    expect(await settle()).toEqual({ kind: 'unknown' });
  });
});

describe('a Slack account', () => {
  const kind = builtIns(settings).providers.find(({ provider }) => provider === 'slack');
  const verify = (given: object) =>
    kind?.verify({ config: {}, credentials: given, signal: new AbortController().signal });

  it('is verified by asking who it is', async () => {
    expect(await verify(credentials)).toEqual({ ok: true, account: 'proviso in Acme' });
  });
  it('is refused with Slack’s reason', async () => {
    expect(await verify({ token: 'xoxb-no' })).toEqual({
      ok: false,
      message: 'Slack refused it: the token is not valid (invalid_auth).',
    });
  });
  it.each([
    ['channels:read,users:read', false],
    ['channels:read, chat:write', true],
    ['identify,bot', true],
  ])('is refused where its token may not post: %s', async (scopes, ok) => {
    slack.next('auth.test', httpFault.answers(200, { ok: true, user: 'u', team: 't' }, { 'x-oauth-scopes': scopes }));
    const lacks = { ok, message: 'The token lacks the scope chat:write.' };
    expect(await verify(credentials)).toEqual(ok ? { ok, account: 'u in t' } : lacks);
  });
  it('is not verified while Slack is down', async () => {
    await slack.refuseConnections();
    expect(await verify(credentials)).toMatchObject({ ok: false });
  });
  it.each(['', 'sk-1', 'xoxb-a\r\nb', 'xoxb-é'])('has no token such as %j', (token) =>
    expect(kind?.credentials?.safeParse({ token })).toMatchObject({ success: false }),
  );
});
