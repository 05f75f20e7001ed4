import { strictFields } from '@proviso/contracts';
import { contactId } from '@proviso/core/executor';
import { z } from 'zod';
import { addresses, recipientsIn, RECIPIENTS_MAX, type Recipient } from '../email/params.ts';
import { contentFields, hasContent } from './content.ts';

const tag = z.string().regex(/^[A-Za-z0-9_-]{1,256}$/);

export const resendEmailParams = strictFields({
  ...contentFields,
  to: addresses.optional(),
  cc: addresses.optional(),
  bcc: addresses.optional(),
  contact_id: contactId.optional(),
  tags: z
    .array(z.strictObject({ name: tag, value: tag }))
    .max(75)
    .optional(),
}).superRefine((mail, check) => {
  const fault = (path: string, message: string): void => check.addIssue({ code: 'custom', path: [path], message });
  if (!hasContent(mail)) fault('text', 'required without html');
  if (mail.contact_id === undefined && recipientsIn({ to: mail.to }).length === 0) {
    fault('to', 'required without contact_id');
  }
  if (resendRecipients(mail).length > RECIPIENTS_MAX) {
    fault('cc', `to, cc and bcc hold more than ${RECIPIENTS_MAX} addresses`);
  }
});
export type ResendEmailParams = z.output<typeof resendEmailParams>;

export const resendRecipients = ({ to, cc, bcc }: Pick<ResendEmailParams, 'to' | 'cc' | 'bcc'>): Recipient[] =>
  recipientsIn({ to, cc, bcc });
