import type { JsonObject } from '@proviso/contracts';
import { startMcpFake } from '@proviso/testing/providers/mcp';
import { startResendFake } from '@proviso/testing/providers/resend';
import { startSlackFake } from '@proviso/testing/providers/slack';
import { packs } from './hostile-texts.ts';
import type { Office } from './open-inbox.ts';
import type { Proposal } from './propose.ts';

const SEGMENT = '5e3a2c1d-0000-4000-8000-000000000001';
const SLACK_TOKEN = 'xoxb-2417-tr0ub4dor';
const RESEND_KEY = 're_tr0ub4dor';
const MCP_TOKEN = 'mcp-tr0ub4dor';
/** What every name and subject takes. */
export const NAME_CHARS_MAX = 250;

export interface HostileProviders {
  env: Record<string, string>;
  mcpAddress: string;
  close(): Promise<void>;
}

/** Providers whose own words are hostile, too: a channel, a segment, a tool and its schema. */
export async function startHostileProviders(): Promise<HostileProviders> {
  const [name = ''] = packs(NAME_CHARS_MAX);
  const all = packs(10_000).join(' ');
  const slack = await startSlackFake({ token: SLACK_TOKEN, channels: [{ id: 'C024BE91L', name }] });
  const resend = await startResendFake({ apiKey: RESEND_KEY, segments: [{ id: SEGMENT, name: all.slice(0, 2_000) }] });
  const mcp = await startMcpFake({ token: MCP_TOKEN });
  mcp.tools.push({
    name: 'hostile_tool',
    title: name,
    description: all,
    inputSchema: {
      type: 'object',
      title: all,
      properties: { [name]: { type: 'string', title: all, description: all, default: all } },
    },
  });
  return {
    env: { PROVISO_SLACK_URL: `${slack.url}/api`, PROVISO_RESEND_URL: resend.url },
    mcpAddress: mcp.address,
    close: async () => {
      await Promise.all([slack.close(), resend.close(), mcp.close()]);
    },
  };
}

interface Records {
  contact_id: string;
  company_id: string;
}

/** A text of at most so many characters. */
type Texts = (charsMax: number) => string;

/** What of each type is a text, and of what kind the identity is. */
const TYPES: Record<string, { provider?: string; params: (text: Texts, records: Records) => JsonObject }> = {
  create_note: { params: (text, { contact_id }) => ({ contact_id, content: text(60_000) }) },
  create_task: {
    params: (text, { contact_id }) => ({ contact_id, title: text(500), description: text(60_000) }),
  },
  update_contact: {
    params: (text, { contact_id }) => ({
      contact_id,
      properties: { [text(NAME_CHARS_MAX)]: text(5_000), list: [text(5_000), { [text(NAME_CHARS_MAX)]: text(5_000) }] },
    }),
  },
  update_company: {
    params: (text, { company_id }) => ({ company_id, properties: { [text(NAME_CHARS_MAX)]: text(5_000) } }),
  },
  update_lifecycle_stage: { params: (_, { contact_id }) => ({ contact_id, lifecycle_stage: 'customer' }) },
  escalate_to_human: {
    params: (text) => ({ reason: text(60_000), options: [text(5_000), text(NAME_CHARS_MAX)] }),
  },
  email_message: {
    provider: 'smtp',
    params: (text) => ({
      email: 'ada@example.com',
      subject: text(NAME_CHARS_MAX).replaceAll(/\s/g, ' '),
      message: text(60_000),
      html: `<p>Hello</p>${text(60_000)}`,
    }),
  },
  resend_send_email: {
    provider: 'resend',
    params: (text) => ({
      to: 'ada@example.com',
      subject: text(NAME_CHARS_MAX).replaceAll(/\s/g, ' '),
      text: text(60_000),
      html: `<p>Hello</p>${text(60_000)}`,
    }),
  },
  resend_create_contact: {
    provider: 'resend',
    params: (text) => ({
      email: 'ada@example.com',
      first_name: text(200),
      last_name: text(200),
      properties: { plan: text(5_000) },
      segment_ids: [SEGMENT],
    }),
  },
  resend_create_broadcast: {
    provider: 'resend',
    params: (text) => ({
      segment_id: SEGMENT,
      subject: text(NAME_CHARS_MAX).replaceAll(/\s/g, ' '),
      text: text(60_000),
      html: `<p>Hello</p>${text(60_000)}`,
      name: text(100),
      preview_text: text(500),
    }),
  },
  send_slack_message: {
    provider: 'slack',
    params: (text) => ({ channel: 'C024BE91L', message: text(30_000) }),
  },
  linkedin_connection: {
    provider: 'linkedin',
    params: (text) => ({ linkedin_url: 'https://www.linkedin.com/in/ada', message: text(300) }),
  },
  sync_to_crm: {
    provider: 'hubspot',
    params: (text, { contact_id }) => ({ contact_id, properties: { jobtitle: text(5_000) } }),
  },
  mcp_tool_call: {
    provider: 'mcp',
    params: (text) => ({ tool: 'hostile_tool', arguments: { [text(NAME_CHARS_MAX)]: text(5_000) } }),
  },
};
export const TYPE_NAMES = Object.keys(TYPES);

const SENDER = '"<img src=x onerror=hit=1>" <a@ours.test>';
const IDENTITIES = (mcpAddress: string): Record<string, object> => ({
  smtp: { config: { host: '127.0.0.1', port: 2525, from: SENDER } },
  resend: { config: { from: SENDER }, credentials: { api_key: RESEND_KEY } },
  slack: { credentials: { token: SLACK_TOKEN } },
  linkedin: {},
  hubspot: { credentials: { access_token: 'pat-eu1-tr0ub4dor' } },
  mcp: { config: { url: mcpAddress }, credentials: { token: MCP_TOKEN } },
});

/** So many proposals of each type that every hostile text is in each of its texts that takes it. */
export async function hostileProposals({ reviewer, identityId }: Office, mcpAddress: string): Promise<Proposal[]> {
  const names = packs(NAME_CHARS_MAX);
  const identities: Record<string, string> = {};
  for (const [at, [provider, given]] of Object.entries(IDENTITIES(mcpAddress)).entries()) {
    const { body } = await reviewer<{ identity: { identity_id: string } }>('POST', '/v1/identities', {
      provider,
      name: names[at],
      ...given,
    });
    if (!body.identity) throw new Error(`${provider}: ${JSON.stringify(body)}`);
    identities[provider] = body.identity.identity_id;
  }
  const email = 'ada@example.com';
  const properties = Object.fromEntries(names.map((name) => [name, name]));
  const made = await reviewer<{ contact: Records }>('POST', '/v1/contacts', { email, properties });
  const company = await reviewer<{ company: Records }>('POST', '/v1/companies', { name: names[0], properties });
  const records = { contact_id: made.body.contact.contact_id, company_id: company.body.company.company_id };
  return Object.entries(TYPES).flatMap(([type, { provider, params }]) => {
    let count = 1;
    const longest: Texts = (charsMax) => {
      count = Math.max(count, packs(charsMax).length);
      return 'x';
    };
    params(longest, records);
    return Array.from({ length: count }, (_, index): Proposal => {
      const text: Texts = (charsMax) => packs(charsMax)[index % packs(charsMax).length] ?? '';
      return {
        type,
        params: params(text, records),
        description: text(1_000),
        metadata: { note: text(400) },
        identity_id: provider === undefined ? identityId : (identities[provider] ?? ''),
      };
    });
  });
}
