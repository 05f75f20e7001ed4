import { newId, formatId } from '@proviso/core';
import { startMcpFake, type McpFake } from '@proviso/testing/providers/mcp';
import { startResendFake, type ResendFake } from '@proviso/testing/providers/resend';
import { startSlackFake, type SlackFake } from '@proviso/testing/providers/slack';
import type { JsonObject } from '@proviso/contracts';
import { seedWorkspace, type SeededWorkspace } from './seeded-workspace.ts';
import { uuidOf, type Api } from './test-api.ts';
import { account } from './types/from-proposal-to-result.ts';

const SECRETS = { slack: 'xoxb-2417-tr0ub4dor', resend: 're_tr0ub4dor3', mcp: 'mcp-s3cret' };
const TOOL = {
  name: 'create_issue',
  inputSchema: { type: 'object' as const, properties: { title: { type: 'string' } } },
};

/** The services that the examples name, as servers of their own. */
export interface FakeProviders {
  settings: { baseUrls: { slack: string; resend: string } };
  start(): Promise<void>;
  close(): Promise<void>;
  /** An identity for actions of that type. */
  identityFor(here: SeededWorkspace, type: string): Promise<string>;
}

export function startFakeProviders(): FakeProviders {
  const settings = { baseUrls: { slack: '', resend: '' } };
  let slack: SlackFake;
  let resend: ResendFake;
  let mcp: McpFake;
  const kinds: Record<string, [provider: string, () => { config?: JsonObject; credentials?: JsonObject }]> = {
    send_slack_message: ['slack', () => ({ credentials: { token: SECRETS.slack } })],
    resend_send_email: ['resend', viaResend],
    resend_create_contact: ['resend', viaResend],
    resend_create_broadcast: ['resend', viaResend],
    linkedin_connection: ['linkedin', () => ({})],
    sync_to_crm: ['hubspot', () => ({ credentials: { access_token: 'pat-na1-1' } })],
    mcp_tool_call: ['mcp', () => ({ config: { url: mcp.address }, credentials: { token: SECRETS.mcp } })],
  };
  return {
    settings,
    async start() {
      slack = await startSlackFake({ token: SECRETS.slack, channels: [{ id: 'C024BE91L', name: 'general' }] });
      const segments = [{ id: '78261eea-8f8b-4381-83c6-79fa7120f1cf', name: 'Readers' }];
      resend = await startResendFake({ apiKey: SECRETS.resend, segments });
      mcp = await startMcpFake({ token: SECRETS.mcp });
      mcp.tools.push(TOOL);
      Object.assign(settings.baseUrls, { slack: `${slack.url}/api`, resend: resend.url });
    },
    async close() {
      await Promise.all([slack.close(), resend.close(), mcp.close()]);
    },
    identityFor: async (here, type) => {
      const [provider, parts] = kinds[type] ?? [];
      return provider && parts ? account(here, provider, parts()) : (here.ids.identity_id ?? '');
    },
  };
}

const viaResend = () => ({ config: { from: 'News <news@ours.test>' }, credentials: { api_key: SECRETS.resend } });

/** A workspace whose pending action is an e-mail, as in the examples. */
export async function openExampleWorkspace(api: Api): Promise<SeededWorkspace> {
  const here = await seedWorkspace(api);
  const identity_id = await here.identity('smtp', { host: '127.0.0.1', port: 25, from: 'us@example.com' });
  const params = { email: 'ada@example.com', subject: 'Hello', message: 'Hello' };
  const { action_id } = await here.pending({ type: 'email_message', identity_id, params });
  const batched = { type: 'email_message', identity_id, params, mission_id: newId() };
  const [first, second] = [await here.pending(batched), await here.pending(batched)];
  const inRun = { contact_id: here.ids.contact_id, subject: 'Hello', message: 'Hello' };
  const { run_id } = here.ids;
  await here.pending({ type: 'email_message', identity_id, params: inRun, run_id });
  const ids = {
    ...here.ids,
    action_id,
    action_index: '1',
    identity_id: formatId('identity', identity_id),
    pa_id: uuidOf(first.action_id),
    other_pa_id: uuidOf(second.action_id),
    other_action_id: second.action_id,
    batch_id: first.batch_id ?? '',
  };
  return { ...here, ids };
}

const NAMES: Record<string, string> = {
  act: 'action_id',
  ct: 'contact_id',
  co: 'company_id',
  id: 'identity_id',
  agt: 'agent_id',
  usr: 'reviewer_id',
};

/** The example with ids of this workspace in place of those that it shows. */
export const fillInIds = (example: object, { id, ids }: SeededWorkspace): string =>
  JSON.stringify(example)
    .replaceAll(/\b([a-z]+)_01h455vb4pex5vsknk084sn02q/g, (shown, kind: string) => ids[NAMES[kind] ?? ''] ?? shown)
    .replaceAll('pvi_2xkq8W3n_…', ids.secret ?? '')
    .replaceAll('N2k1c8mUBmVq0yK4pYbq2cZ8Zx1y7u3o9s5d6f7g8h9', ids.link_token ?? '')
    .replaceAll('550e8400-e29b-41d4-a716-446655440000', id)
    .replaceAll('fb93a0ea-2d1c-4f3d-8b3a-7e31d5f4bc11', ids.pa_id ?? '')
    .replaceAll('0c5a9c9e-5f0f-4a5e-9d1e-6c8f3d2b1a00', ids.other_pa_id ?? '');
