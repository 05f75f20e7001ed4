import { strictFields } from '@proviso/contracts';
import { contactId } from '@proviso/core/executor';
import { z } from 'zod';
import { addresses, recipientsIn, RECIPIENTS_MAX, type Recipient } from '../email/params.ts';
import { contentFields, hasContent } from './content.ts';

const tag = z.string().regex(/^[A-Za-z0-9_-]{1,256}$/);

export const resendEmailParams = strictFields({
  ...contentFields,
  to: addresses
    .optional()
    .describe('An address or a list. Required without `contact_id`; with one, it must include that contact’s address.'),
  cc: addresses.optional().describe('An address or a list. With `to` and `bcc` at most 50 in all.'),
  bcc: addresses.optional().describe('An address or a list.'),
  contact_id: contactId.optional().describe('The contact to write to: fills in `to`.'),
  tags: z
    .array(
      z.strictObject({ name: tag.describe('The name of the label.'), value: tag.describe('The value of the label.') }),
    )
    .max(75)
    .optional()
    .describe('Labels at Resend: letters, digits, `_` and `-`.'),
})
  .superRefine((mail, check) => {
    const fault = (path: string, message: string): void => check.addIssue({ code: 'custom', path: [path], message });
    if (!hasContent(mail)) fault('text', 'required without html');
    if (mail.contact_id === undefined && recipientsIn({ to: mail.to }).length === 0) {
      fault('to', 'required without contact_id');
    }
    if (resendRecipients(mail).length > RECIPIENTS_MAX) {
      fault('cc', `to, cc and bcc have more than ${RECIPIENTS_MAX} addresses`);
    }
  })
  .meta({
    description: 'Sends an e-mail through Resend.',
    examples: [{ to: 'ada@example.com', subject: 'Following up', text: 'Hi, circling back on yesterday’s demo.' }],
  });
export type ResendEmailParams = z.output<typeof resendEmailParams>;

export const resendRecipients = ({ to, cc, bcc }: Pick<ResendEmailParams, 'to' | 'cc' | 'bcc'>): Recipient[] =>
  recipientsIn({ to, cc, bcc });
