import { z } from 'zod';
import { plainText } from './json.ts';
import { ok } from './records.ts';
import { messageId, readMessageId, readReferences } from './message-ids.ts';
import { instant } from './time.ts';
import { strictFields } from './optional.ts';

/** The address in `Ann <ann@example.com>`, or the whole text; lower case. */
export const addressIn = (mailbox: string): string =>
  (/<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim().toLowerCase();

const MAILBOX_CHARS_MAX = 640;
/** One address, with or without a name before it; a name that is too long is left out. */
const mailbox = plainText(10_000)
  .refine((text) => /^[^\s@<>]{1,64}@[^\s@<>]{1,255}$/.test(addressIn(text)), 'is not an address')
  .transform((text) => (text.length > MAILBOX_CHARS_MAX ? addressIn(text) : text));

/** What others wrote is shortened where it is too long for us, and not refused: that it came must be known. */
const shortened = (charsMax: number) =>
  plainText(16 * 1024 * 1024).transform((text) => text.slice(0, charsMax).toWellFormed());
const chain = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => readReferences(given))
  .transform((ids) => [...ids.slice(0, 1), ...ids.slice(1).slice(-99)]);

export const recordEmailMessageBody = strictFields({
  direction: z.enum(['inbound', 'outbound']),
  message_id: messageId,
  /** What cannot be read as a Message-ID answers nothing. */
  in_reply_to: z
    .string()
    .transform((text) => readMessageId(text))
    .optional(),
  /** Oldest first: a list, or the header's text. */
  references: chain.optional(),
  from: mailbox,
  to: z.union([
    mailbox,
    z
      .array(mailbox)
      .min(1)
      .transform((all) => all.slice(0, 100)),
  ]),
  subject: shortened(998).optional(),
  text: shortened(262_144).optional(),
  at: instant,
}).meta({
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
