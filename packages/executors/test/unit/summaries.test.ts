import type { JsonObject } from '@proviso/contracts';
import { builtIns } from '../../src/index.ts';

const ADA = 'ct_01h455vb4pex5vsknk084sn02q';
const ACME = 'co_01h455vb4pex5vsknk084sn02q';
const mcp = { id: 'id_1', provider: 'mcp', name: 'Shop', config: {} } as const;

/** By type: final params, what the executor read, and the line. */
const SUMMARIES: Record<string, [params: JsonObject, current: JsonObject, summary: string]> = {
  create_note: [
    { contact_id: ADA, content: 'Asked for\na quote.' },
    { contact: 'Ada Lovelace, ada@example.com' },
    'Note on Ada Lovelace, ada@example.com: “Asked for a quote.”',
  ],
  create_task: [{ title: 'Send the quote', contact_id: ADA }, { contact: 'Ada' }, 'Task for Ada: Send the quote'],
  email_message: [
    { email: 'ada@example.com', cc: ['bo@example.com', 'cy@example.com'], subject: 'Our demo', message: 'Hi' },
    {},
    'Email to ada@example.com and 2 more: Our demo',
  ],
  escalate_to_human: [{ reason: 'What may I offer?\n\n50 seats.' }, {}, 'What may I offer?'],
  linkedin_connection: [
    { linkedin_url: 'https://www.linkedin.com/in/ada-lovelace', message: 'Hello Ada' },
    {},
    'LinkedIn invitation to ada-lovelace: “Hello Ada”',
  ],
  mcp_tool_call: [
    { tool: 'refund', arguments: { to: 'Ada Lovelace', amount: 480 } },
    {},
    'Call refund on Shop: amount 480, to Ada Lovelace',
  ],
  resend_create_broadcast: [
    { segment_id: 'seg', segment_name: 'Customers', subject: 'News', send: true },
    {},
    'Send a broadcast to Customers: News',
  ],
  resend_create_contact: [
    { email: 'ada@example.com', segment_names: ['Customers'] },
    {},
    'Add or change the Resend contact ada@example.com in Customers',
  ],
  resend_send_email: [
    { to: ['ada@example.com'], subject: 'Our demo', text: 'Hi' },
    {},
    'Email to ada@example.com: Our demo',
  ],
  send_slack_message: [
    { channel: 'sales', channel_id: 'C1', channel_name: 'sales', message: 'Deal won' },
    {},
    'Slack message to #sales: “Deal won”',
  ],
  sync_to_crm: [
    { contact: { email: 'ada@example.com', properties: { firstname: 'Ada' } } },
    {},
    'Sync ada@example.com to HubSpot: firstname Ada',
  ],
  update_company: [
    { company_id: ACME, properties: { size: 120, industry: null } },
    { label: 'Acme', before: { size: 80, industry: 'computing' } },
    'Acme: industry computing → nothing, size 80 → 120',
  ],
  update_contact: [{ contact_id: ADA, properties: { title: 'Countess' } }, {}, `${ADA}: title Countess`],
  update_lifecycle_stage: [
    { contact_id: ADA, lifecycle_stage: 'customer' },
    { email: 'ada@example.com', before: null },
    'ada@example.com: no stage → customer',
  ],
};

describe('the summary of each type', () => {
  it.each(builtIns().executors.map((executor) => [executor.type, executor] as const))(
    'of %s says what will happen, and to whom, from final params',
    (type, { summary }) => {
      const [params, current, expected] = SUMMARIES[type] ?? [{}, {}, 'a line for this type'];
      expect(summary?.(params, { identity: type === 'mcp_tool_call' ? mcp : null, current })).toBe(expected);
    },
  );

  it('of a tool names its input, whatever the order of its keys', () => {
    const of = (input: JsonObject) =>
      builtIns()
        .tools.executorOf({
          name: 'refund',
          version: 1,
          url: 'https://tools.example.com/refund',
          idempotent: true,
          params: undefined as never, // not parsed here
          untested: async () => [],
        })
        .summary?.(input, { identity: null });
    expect(of({ to: 'Ada Lovelace', amount: 480 })).toBe('Call refund: amount 480, to Ada Lovelace');
    expect(of({ amount: 480, to: 'Ada Lovelace' })).toBe(of({ to: 'Ada Lovelace', amount: 480 }));
    expect(of({})).toBe('Call refund');
  });
});
