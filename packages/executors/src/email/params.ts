import { plainText } from '@proviso/contracts';
import { contactId, threadId } from '@proviso/core/executor';
import { z } from 'zod';
import { emailAddress } from './addresses.ts';

export const RECIPIENTS_MAX = 50;
/** Longer chains keep their first Message-ID and the newest. */
export const REFERENCES_MAX = 100;

/** An RFC 5322 Message-ID without quoting, folding or anything that could end a header. */
const MESSAGE_ID = /^<[^\s<>@\p{C}]+@[^\s<>@\p{C}]+>$/u;
export const isMessageId = (value: string): boolean => value.length <= 500 && MESSAGE_ID.test(value);

export const subjectLine = plainText(998)
  .min(1)
  .refine((value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value), 'must be one line without control characters');

const messageId = z.string().refine(isMessageId, 'must be a Message-ID, such as <a1@example.com>');
export const addresses = z.union([emailAddress, z.array(emailAddress).max(RECIPIENTS_MAX)]);

export const emailParams = z
  .strictObject({
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
    references: z.array(messageId).max(REFERENCES_MAX).optional(),
    attachments: z.never({ error: 'are not sent; put a link to the file into the message' }).optional(),
  })
  .superRefine((mail, check) => {
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
