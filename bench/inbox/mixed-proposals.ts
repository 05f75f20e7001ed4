import type { Office } from '../../tests/browser/open-inbox.ts';
import { task, type Proposal } from '../../tests/browser/propose.ts';

const PARAGRAPH = 'We have packed everything that you ordered, and it leaves our warehouse tomorrow morning. ';

/** Tasks, notes, changes of contacts, mails with HTML, and questions. */
export async function mixedProposals({ reviewer }: Office, count: number): Promise<Proposal[]> {
  const { body } = await reviewer<{ identity: { identity_id: string } }>('POST', '/v1/identities', {
    provider: 'smtp',
    name: 'Support',
    config: { host: '127.0.0.1', port: 2525, from: 'support@ours.test' },
  });
  const made = await reviewer<{ contact: { contact_id: string } }>('POST', '/v1/contacts', {
    email: 'ada@example.com',
    properties: { name: 'Ada Lovelace', title: 'Analyst' },
  });
  const { contact_id } = made.body.contact;
  const kinds: ((at: number) => Proposal)[] = [
    (at) => ({
      ...task(`Call customer ${at}`, { description: PARAGRAPH.repeat(3) }),
      description: 'They asked for it.',
    }),
    (at) => ({ type: 'create_note', params: { contact_id, content: `${PARAGRAPH.repeat(4)} ${at}` } }),
    (at) => ({ type: 'update_contact', params: { contact_id, properties: { title: `Engineer ${at}` } } }),
    (at) => ({
      type: 'email_message',
      identity_id: body.identity.identity_id,
      params: {
        email: `customer-${at}@example.com`,
        subject: `Your order ${at}`,
        message: PARAGRAPH.repeat(8),
        html: `<h1>Your order ${at}</h1>${`<p>${PARAGRAPH}</p>`.repeat(8)}`,
      },
      description: 'Their order has left the warehouse.',
    }),
    (at) => ({
      type: 'escalate_to_human',
      params: { reason: `What may I offer customer ${at}?`, options: ['Nothing', '10 %', '20 %'] },
    }),
  ];
  return Array.from({ length: count }, (_, at) => kinds[at % kinds.length]?.(at) ?? task(`${at}`));
}
