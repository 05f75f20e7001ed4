import { addressIn } from './addresses.ts';
import { z } from 'zod';
import { ok } from './fields.ts';
import { prefixedId } from './ids.ts';
import { plainText } from './json.ts';

import { messageId, readMessageId, readReferences } from './message-ids.ts';
import { instant, utcTimestamp } from './time.ts';
import { strictFields } from './optional.ts';

const MAILBOX_CHARS_MAX = 640;
/** One address, with or without a name; a name that is too long is dropped. */
const mailbox = plainText(10_000)
  .refine(
    (text) => /^[^\s@<>]{1,64}@[^\s@<>]{1,255}$/.test(addressIn(text)),
    'must be an e-mail address, such as ada@example.com',
  )
  .transform((text) => (text.length > MAILBOX_CHARS_MAX ? addressIn(text) : text));

/** Shortens texts of others instead of refusing them: their arrival must be recorded. */
const shortened = (charsMax: number) =>
  plainText(16 * 1024 * 1024).transform((text) => text.slice(0, charsMax).toWellFormed());
const chain = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => readReferences(given))
  .transform((ids) => [...ids.slice(0, 1), ...ids.slice(1).slice(-99)]);

const direction = z
  .enum(['inbound', 'outbound'])
  .meta({ id: 'Direction', description: 'Whether it came from a contact (`inbound`) or went to one (`outbound`).' });

export const recordEmailMessageBody = strictFields({
  direction: direction.describe('`inbound` from a contact, `outbound` to one.'),
  message_id: messageId.describe('Its Message-ID, with or without angle brackets. A message is recorded once.'),
  /** An invalid Message-ID is ignored. */
  in_reply_to: z
    .string()
    .transform((text) => readMessageId(text))
    .optional()
    .describe('The Message-ID that it replies to. An invalid one is ignored.'),
  /** Oldest first: a list, or the header's text. */
  references: chain.optional().describe('The References chain, oldest first: a list, or the text of the header.'),
  from: mailbox.describe('One address, with or without a name.'),
  to: z
    .union([
      mailbox,
      z
        .array(mailbox)
        .min(1)
        .transform((all) => all.slice(0, 100)),
    ])
    .describe('One or more addresses; only the first 100 count.'),
  subject: shortened(998).optional().describe('Cut after 998 characters.'),
  text: shortened(262_144).optional().describe('What it says, as plain text; cut after 262 144 characters.'),
  at: instant.describe('When it was sent or received: RFC 3339 with an offset.'),
}).meta({
  id: 'RecordEmailMessage',
  description: 'A message that was received or sent elsewhere.',
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
    thread_id: prefixedId('thread').describe('The conversation that it belongs to.'),
    contact_id: prefixedId('contact').describe('The contact of the conversation.'),
    direction: direction.describe('`inbound` from the contact, `outbound` to them.'),
    message_id: z.string().describe('Its Message-ID.'),
    in_reply_to: z.string().nullable().describe('The Message-ID that it replies to; null = none.'),
    references: z.array(z.string()).describe('The References chain, oldest first.'),
    from: z.string().describe('Who sent it.'),
    to: z.array(z.string()).describe('Its recipients.'),
    subject: z.string().describe('Its subject.'),
    text: z.string().describe('Its text.'),
    action_id: prefixedId('action').nullable().describe('The action that sent it; null = none.'),
    at: utcTimestamp.describe('When it was sent or received.'),
  })
  .meta({ id: 'EmailMessage', description: 'A message of a conversation.' });
export type EmailMessage = z.output<typeof emailMessage>;
export const emailMessageReply = z.object({
  status: ok,
  email_message: emailMessage.describe('The message as it is recorded.'),
});
