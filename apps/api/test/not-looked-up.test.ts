import type { Action, JsonObject } from '@proviso/contracts';
import { startMcpFake, type McpFake } from '@proviso/testing/providers/mcp';
import { startSlackFake, type SlackFake } from '@proviso/testing/providers/slack';
import { useTenant } from './test-api.ts';
import { asking } from './pending-client.ts';
import { account, run } from './types/from-proposal-to-result.ts';

const TOKEN = 'xoxb-2417-tr0ub4dor';
/** One for each test: what was found is remembered for a minute. */
const CHANNELS = Array.from({ length: 10 }, (_, index) => ({ id: `C024BE91${index}`, name: `general-${index}` }));
const NOBODY = 'http://127.0.0.1:1';

describe('a proposal whose provider is away', () => {
  const executorSettings = { baseUrls: { slack: NOBODY }, allowPrivateAddresses: true };
  const { api, here } = useTenant({ executorSettings });
  let slack: SlackFake;
  let mcp: McpFake;
  beforeAll(async () => {
    slack = await startSlackFake({ token: TOKEN, channels: [...CHANNELS] });
    mcp = await startMcpFake({ token: TOKEN });
  });
  let channel = { id: '', name: '' };
  let message: { channel: string; message: string };
  beforeEach(() => {
    setAway(true);
    channel = CHANNELS.pop() ?? channel;
    message = { channel: `#${channel.name}`, message: 'Hello' };
  });
  afterAll(() => Promise.all([slack.close(), mcp.close()]));

  const setAway = (away: boolean): void => void (executorSettings.baseUrls.slack = away ? NOBODY : `${slack.url}/api`);

  async function proposed(more: JsonObject = {}): Promise<Action> {
    const identity_id = await account(here, 'slack', { credentials: { token: TOKEN } });
    return here.propose({ type: 'send_slack_message', identity_id, params: message, ...more });
  }

  const approve = ({ action_id }: Action, more: JsonObject = {}) =>
    here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', ...more });
  const now = async ({ action_id }: Pick<Action, 'action_id'>): Promise<Action> =>
    (await here.owner.get(`/v1/actions/${action_id}`)).body.action;

  it('is accepted and reports what is missing', async () => {
    const action = await proposed({ require_approval: true });
    expect(action).toMatchObject({ status: 'pending_approval', status_reason: 'not_looked_up', params: message });
    expect(action.preview?.warnings?.[0]).toMatch(
      /^Some of this could not be looked up: Slack could not look up the channel/,
    );
  });

  it('waits for a person although it would have been cleared automatically', async () => {
    const action = await proposed({ require_approval: false });
    expect(action).toMatchObject({ status: 'pending_approval', status_reason: 'not_looked_up' });
    setAway(false);
    expect(await run(api, here, action)).toMatchObject({ status: 'pending_approval' });
    expect(slack.posted).toEqual([]);
  });

  it('is not approved before it has been looked up and read, and then runs', async () => {
    const action = await proposed({ require_approval: true });
    await here.refuses('UNAVAILABLE', () => approve(action));
    setAway(false);
    const { status, body } = await approve(action);
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
    const whole = await now(action);
    expect(whole).toMatchObject({
      status: 'pending_approval',
      status_reason: null,
      params: { ...message, channel_id: channel.id, channel_name: channel.name },
      preview: { title: `Slack message to #${channel.name}` },
    });
    expect(whole.preview?.warnings).toBeUndefined();
    await here.refuses('CONFLICT', () => approve(action)); // the hash of what was seen
    expect((await approve(whole, { params_hash: whole.params_hash })).status).toBe(200);
    expect(await run(api, here, whole)).toMatchObject({ status: 'completed', result: { channel_id: channel.id } });
    expect(slack.posted).toHaveLength(1);
  });

  it('can be rejected while it is away', async () => {
    const action = await proposed({ require_approval: true });
    const { status } = await here.owner.post(`/v1/actions/${action.action_id}/reject`, {});
    expect(status).toBe(200);
  });

  it('is whole once a change has been looked up', async () => {
    const action = await proposed({ require_approval: true });
    setAway(false);
    const { body } = await here.owner.patch(`/v1/actions/${action.action_id}`, {
      params: { ...message, message: 'Hi' },
    });
    expect(body.action).toMatchObject({ status_reason: null, params: { message: 'Hi', channel_id: channel.id } });
    expect((await approve(action, { params_hash: body.action.params_hash })).status).toBe(200);
  });

  it('is one of a bulk as by itself, and the bulk decision leaves it', async () => {
    const identity_id = await account(here, 'slack', { credentials: { token: TOKEN } });
    const one = { type: 'send_slack_message', identity_id, params: message, require_approval: true };
    const { body } = await here.owner.post('/v1/actions/bulk', { actions: [one, one] });
    expect(body).toMatchObject({
      created: 2,
      results: [{ status: 'pending_approval' }, { status: 'pending_approval' }],
    });
  });

  it('waits in the second dialect too, and is approved there once it has been seen', async () => {
    const identityId = await account(here, 'slack', { credentials: { token: TOKEN } });
    const call = { workspaceId: here.id, toolName: 'send_slack_message', toolInput: message, identityId };
    const { status, body } = await asking(here.owner).post('', call);
    expect([status, body.status]).toEqual([201, 'pending']);
    setAway(false);
    const decide = () => asking(here.owner).post(`/${body.id}/approve`, {});
    expect((await decide()).status).toBe(409);
    expect(JSON.stringify((await asking(here.owner).get(`/${body.id}`)).body.preview)).toContain(message.channel);
  });

  it('has its arguments tested before it can be approved, where the schema is the provider’s', async () => {
    const config = { url: mcp.address };
    const identity_id = await account(here, 'mcp', { config, credentials: { token: TOKEN } });
    const call = { tool: 'send_invoice', arguments: { customer: 'Acme', cents: 'many' } };
    mcp.next('server/discover', { ending: 'cut' });
    const action = await here.propose({ type: 'mcp_tool_call', identity_id, params: call });
    expect(action).toMatchObject({ status: 'pending_approval', status_reason: 'not_looked_up' });
    await here.refuses('INVALID', () => approve(action), ['params.arguments.cents']);
    expect(mcp.calls).toEqual([]);
  });
});
