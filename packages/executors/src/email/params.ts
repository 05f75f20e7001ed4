import { hasEncodedWord, messageId, plainText, references, strictFields, emailAddress } from '@proviso/contracts';
import { contactId, threadId } from '@proviso/core/executor';
import { z } from 'zod';

export const RECIPIENTS_MAX = 50;
export const subjectLine = plainText(998)
  .min(1)
  .refine((value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value), 'must be one line without control characters')
  .refine(
    (value) => !hasEncodedWord(value),
    'contains an encoded word (=?…?=), which its reader sees decoded: write the text itself',
  );

export const addresses = z.union([emailAddress, z.array(emailAddress).max(RECIPIENTS_MAX)]);

export const emailParams = strictFields({
  email: emailAddress
    .optional()
    .describe('The recipient. Required without `contact_id`; with one, it must be that contact’s address.'),
  subject: subjectLine
    .optional()
    .describe(
      'One line. Required without `contact_id`; with one, it defaults to the subject of the newest conversation.',
    ),
  message: plainText(200_000).min(1).describe('The text, as plain text.'),
  html: plainText(200_000).min(1).optional().describe('The same as HTML, sent along with the plain text.'),
  cc: addresses.optional().describe('An address or a list. With `email` and `bcc` at most 50 in all.'),
  bcc: addresses.optional().describe('An address or a list.'),
  contact_id: contactId
    .optional()
    .describe('The contact to write to: fills in `email`, and `subject` from the newest conversation.'),
  follow_up: z
    .boolean()
    .optional()
    .describe('True: it continues the contact’s newest conversation, and is not sent once a reply has arrived.'),
  thread_id: threadId.optional().describe('The conversation that it belongs to.'),
  in_reply_to_message_id: messageId.optional().describe('The Message-ID that it replies to.'),
  references: references.optional().describe('The References chain, oldest first: a list, or the text of the header.'),
  attachments: z
    .never({ error: 'are not supported: put a link to the file into the message' })
    .optional()
    .describe('Not supported: put a link to the file into the message.'),
})
  .superRefine((mail, check) => {
    for (const field of ['email', 'subject'] as const) {
      if (mail[field] === undefined && mail.contact_id === undefined) {
        check.addIssue({ code: 'custom', path: [field], message: 'required without contact_id' });
      }
    }
    if (recipients(mail).length > RECIPIENTS_MAX) {
      const message = `email, cc and bcc have more than ${RECIPIENTS_MAX} addresses`;
      check.addIssue({ code: 'custom', path: ['cc'], message });
    }
  })
  .meta({
    description: 'Sends an e-mail over SMTP.',
    examples: [
      { email: 'ada@example.com', subject: 'Following up', message: 'Hi, circling back on yesterday’s demo.' },
      {
        contact_id: 'ct_01h455vb4pex5vsknk084sn02q',
        subject: 'Our demo yesterday',
        message: 'Hi, circling back on yesterday’s demo.',
        cc: ['sales@example.com'],
      },
    ],
  });
export type EmailParams = z.output<typeof emailParams>;

export const listOf = (addressOrList: string | string[] | undefined): string[] =>
  typeof addressOrList === 'string' ? [addressOrList] : (addressOrList ?? []);

export interface Recipient {
  /** Its path in the params. */
  path: string;
  address: string;
}

/** Everyone who would receive it. */
export const recipients = ({ email, cc, bcc }: Pick<EmailParams, 'email' | 'cc' | 'bcc'>): Recipient[] =>
  recipientsIn({ email, cc, bcc });

export function recipientsIn(fields: Record<string, string | string[] | undefined>): Recipient[] {
  return Object.entries(fields).flatMap(([field, given]) =>
    typeof given === 'string'
      ? [{ path: `params.${field}`, address: given }]
      : (given ?? []).map((address, index) => ({ path: `params.${field}.${index}`, address })),
  );
}
