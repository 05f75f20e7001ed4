import { z } from 'zod';
import { plainText } from './json.ts';
import { ok } from './records.ts';
import { instant } from './time.ts';

/** A Message-ID header, with or without its angle brackets; kept with them. */
const messageId = plainText(998)
  .regex(/^(<[^<>\s]+>|[^<>\s]+)$/, 'is not a Message-ID')
  .transform((text) => (text.startsWith('<') ? text : `<${text}>`));

/** The address in `Ann <ann@example.com>`, or the whole text; lower case. */
export const addressIn = (mailbox: string): string =>
  (/<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim().toLowerCase();

const mailbox = plainText(640).refine((text) => z.email().safeParse(addressIn(text)).success, 'is not an address');

export const recordEmailMessageBody = z
  .strictObject({
    direction: z.enum(['inbound', 'outbound']),
    message_id: messageId,
    in_reply_to: messageId.optional(),
    /** Oldest first. */
    references: z.array(messageId).max(100).optional(),
    from: mailbox,
    to: z.union([mailbox, z.array(mailbox).min(1).max(100)]),
    subject: plainText(998).optional(),
    text: plainText(262_144).optional(),
    at: instant,
  })
  .meta({
    id: 'RecordEmailMessage',
    examples: [
      {
        direction: 'inbound',
        message_id: '<20260102@mail.example.com>',
        from: 'Ann <ann@example.com>',
        to: 'sales@example.com',
        subject: 'Re: Following up',
        text: 'Tuesday suits me.',
        at: '2026-01-02T03:04:05Z',
      },
    ],
  });
export type RecordEmailMessageBody = z.output<typeof recordEmailMessageBody>;

export const emailMessage = z
  .object({
    thread_id: z.string(),
    contact_id: z.string(),
    direction: z.enum(['inbound', 'outbound']),
    message_id: z.string(),
    in_reply_to: z.string().nullable(),
    references: z.array(z.string()),
    from: z.string(),
    to: z.array(z.string()),
    subject: z.string(),
    text: z.string(),
    action_id: z.string().nullable(),
    at: z.string(),
  })
  .meta({ id: 'EmailMessage' });
export type EmailMessage = z.output<typeof emailMessage>;
export const emailMessageReply = z.object({ status: ok, email_message: emailMessage });
