import { client, type Client } from './demo-client.ts';
import type { Instance } from './instance.ts';

type Waiting = Pick<Instance, 'url' | 'apiKey' | 'agentKey' | 'identityId'>;

/**
 * Fills an empty inbox with a few proposals of one agent, of different types, in one run. Only `npm start` calls this.
 * Returns how many; none if anything was ever proposed.
 */
export async function proposeForDemo({ url, apiKey, agentKey, identityId }: Waiting): Promise<number> {
  const [owner, agent] = [client(url, apiKey), client(url, agentKey)];
  const { pagination } = done(await owner.get('/v1/actions?limit=1'));
  if (pagination.total_items > 0) return 0;
  const { agent_id } = done(await agent.get('/v1/auth/status'));
  const { run } = done(await agent.post(`/v1/agents/${agent_id}/runs`, {}));
  const { identity } = done(await owner.post('/v1/identities', { provider: 'internal', name: 'Records' }));
  const here = { contactId: await adasId(agent), mailId: identityId, recordsId: identity.identity_id };
  const waits = { require_approval: true, run_id: run.run_id, metadata: { demo: 'true' } };
  const actions = proposalsOf(here).map((proposal) => ({ ...proposal, ...waits }));
  const { created, failed } = done(await agent.post('/v1/actions/bulk', { actions }));
  if (created !== actions.length) throw new Error(`some proposals were refused: ${JSON.stringify(failed)}`);
  return actions.length;
}

async function adasId(agent: Client): Promise<string> {
  const ada = { email: 'ada@example.com', properties: { name: 'Ada Lovelace', title: 'Analyst' } };
  const { contact } = done(await agent.post('/v1/contacts', ada));
  return contact.contact_id;
}

interface Here {
  contactId: string;
  mailId: string;
  recordsId: string;
}

const proposalsOf = ({ contactId: contact_id, mailId, recordsId }: Here): object[] => [
  {
    type: 'email_message',
    identity_id: mailId,
    description: 'She asked on Tuesday when her order arrives.',
    params: {
      contact_id,
      subject: 'Your order arrives on Friday',
      message: 'Dear Ada,\n\nyour order has left our warehouse today and arrives on Friday.\n\nBest regards',
    },
  },
  {
    type: 'email_message',
    identity_id: mailId,
    description: 'The trial of this customer ends tomorrow.',
    params: {
      email: 'charles@example.com',
      subject: 'Your trial ends tomorrow',
      message: 'Dear Charles,\n\nyour trial ends tomorrow. Shall we extend it by two weeks?\n\nBest regards',
    },
  },
  {
    type: 'escalate_to_human',
    identity_id: recordsId,
    description: 'The customer asked for a discount, and my instructions do not cover it.',
    params: { reason: 'Ada asks for 20 % off. What may I offer?', options: ['Nothing', '10 %', '20 %'] },
  },
  {
    type: 'update_contact',
    identity_id: recordsId,
    description: 'Her signature has a new title.',
    params: { contact_id, properties: { title: 'Head of Analysis' } },
  },
  {
    type: 'create_task',
    identity_id: recordsId,
    description: 'Promised in the last e-mail.',
    params: { contact_id, title: 'Send Ada the quote for 40 seats' },
  },
];

/** The replies that this file reads; each has some of these fields. */
interface Done {
  pagination: { total_items: number };
  agent_id: string;
  run: { run_id: string };
  identity: { identity_id: string };
  contact: { contact_id: string };
  created: number;
  failed: object[];
}

function done({ code, body }: Awaited<ReturnType<Client['get']>>): Done {
  if (code >= 200 && code < 300) return body as unknown as Done;
  throw new Error(`a request was answered ${code}: ${JSON.stringify(body)}`);
}
