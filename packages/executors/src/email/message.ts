import { wireAddress, type SmtpConfig } from '@proviso/contracts';
import { mailbox } from './addresses.ts';
import { listOf, recipients, type EmailParams } from './params.ts';

/** A message for SMTP: its recipients, including Bcc, and its bytes. */
export interface WireMail {
  from: string;
  recipients: string[];
  raw: Buffer;
  messageId: string;
  references: string[];
}

/**
 * Composes the mail from final params; null if the identity's `from` or `reply_to` is not one mailbox, or a recipient
 * is missing.
 */
export async function composeMail(
  mail: EmailParams,
  config: SmtpConfig,
  id: string,
  headers: Record<string, string> = {},
): Promise<WireMail | null> {
  const from = mailbox(config.from);
  const replyTo = config.reply_to === undefined ? undefined : mailbox(config.reply_to);
  const to = recipients(mail).map(({ address }) => wireAddress(address));
  if (!from || replyTo === null || !mail.email || !mail.subject || !to.every((address) => address !== undefined)) {
    return null;
  }
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  // The same for every attempt, so that mail programs recognise a duplicate.
  const messageId = `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`;
  const references = mail.references ?? (mail.in_reply_to_message_id ? [mail.in_reply_to_message_id] : []);
  const message = new MailComposer({
    from,
    replyTo,
    to: { name: '', address: mail.email },
    cc: listOf(mail.cc).map((address) => ({ name: '', address })),
    subject: mail.subject,
    text: mail.message,
    html: mail.html,
    messageId,
    inReplyTo: mail.in_reply_to_message_id,
    references,
    headers,
    date: new Date(),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  });
  const once = new Map(to.map((address) => [address.toLowerCase(), address]));
  const raw = await message.compile().build();
  return { from: from.address, recipients: [...once.values()], raw, messageId, references };
}
