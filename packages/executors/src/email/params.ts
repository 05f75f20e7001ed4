import { messageId, plainText, references, strictFields } from '@proviso/contracts';
import { contactId, threadId } from '@proviso/core/executor';
import { z } from 'zod';
import { emailAddress } from './addresses.ts';

export const RECIPIENTS_MAX = 50;
export const subjectLine = plainText(998)
  .min(1)
  .refine((value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value), 'must be one line without control characters');

export const addresses = z.union([emailAddress, z.array(emailAddress).max(RECIPIENTS_MAX)]);

export const emailParams = strictFields({
  email: emailAddress.optional(),
  subject: subjectLine.optional(),
  message: plainText(200_000).min(1),
  html: plainText(200_000).min(1).optional(),
  cc: addresses.optional(),
  bcc: addresses.optional(),
  contact_id: contactId.optional(),
  follow_up: z.boolean().optional(),
  thread_id: threadId.optional(),
  in_reply_to_message_id: messageId.optional(),
  references: references.optional(),
  attachments: z.never({ error: 'are not sent; put a link to the file into the message' }).optional(),
}).superRefine((mail, check) => {
  for (const field of ['email', 'subject'] as const) {
    if (mail[field] === undefined && mail.contact_id === undefined) {
      check.addIssue({ code: 'custom', path: [field], message: 'required without contact_id' });
    }
  }
  if (recipients(mail).length > RECIPIENTS_MAX) {
    const message = `email, cc and bcc hold more than ${RECIPIENTS_MAX} addresses`;
    check.addIssue({ code: 'custom', path: ['cc'], message });
  }
});
export type EmailParams = z.output<typeof emailParams>;

export const listOf = (addressOrList: string | string[] | undefined): string[] =>
  typeof addressOrList === 'string' ? [addressOrList] : (addressOrList ?? []);

export interface Recipient {
  /** Where in the params it stands. */
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
