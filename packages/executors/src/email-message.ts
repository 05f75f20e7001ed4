import { smtpConfig, smtpCredentials } from '@proviso/contracts';
import { defineExecutor, done, refused, type Executor, type RunContext, type Write } from '@proviso/core/executor';
import { readableAddress } from './email/addresses.ts';
import { guardEmail } from './email/guard.ts';
import { composeMail, type WireMail } from './email/message.ts';
import { emailParams, listOf, type EmailParams } from './email/params.ts';
import { previewEmail } from './email/preview.ts';
import { resolveEmail } from './email/resolve.ts';
import { sendMail } from './email/send.ts';
import { serverOf } from './email/session.ts';
import type { ExecutorSettings } from './settings.ts';
import { firstOf, told } from './summary-text.ts';

export const emailMessage = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<EmailParams>({
    type: 'email_message',
    version: 1,
    delivery: 'at_most_once',
    identity: 'smtp',
    params: emailParams,
    restatedIn: { message: ['html'] },
    resolvesFrom: ['contact_id', 'thread_id', 'follow_up', 'in_reply_to_message_id'],
    resolve: (given, { records }) => resolveEmail(given, records),
    preview: (mail, { identity }) => previewEmail(mail, identity),
    summary: ({ email, cc, bcc, subject = '' }) =>
      told(`Email to ${firstOf([email, cc, bcc].flatMap(listOf).map(readableAddress))}`, subject),
    guard: guardEmail,

    async execute(ctx: RunContext<EmailParams>) {
      const mail = ctx.action.params;
      const config = smtpConfig.safeParse(ctx.identity?.config);
      if (!config.success) return refused('The SMTP identity has no valid configuration.');
      const credentials = ctx.credentials === null ? null : smtpCredentials.safeParse(ctx.credentials);
      if (credentials && !credentials.success) return refused('The SMTP identity has no valid credentials.');
      const wire = await composeMail(mail, config.data, ctx.action.id);
      if (!wire) return refused('The sender, the recipient or the subject is missing or not valid.');

      const server = serverOf(config.data, credentials?.data ?? null);
      const sent = await sendMail(wire, server, { signal: ctx.signal, settings, begin: () => ctx.begin() });
      if (sent.kind !== 'accepted') return sent;
      const { messageId, recipients, response } = sent;
      return done({ message_id: messageId, accepted: recipients, response }, recordIn({ ...wire, messageId }, mail));
    },
  });

/** Threads belong to contacts: a message to nobody known, or to a deleted contact, is not recorded. */
function recordIn(wire: WireMail, mail: EmailParams): Write {
  return async (records) => {
    const thread = mail.thread_id === undefined ? null : await records.thread(mail.thread_id);
    const contactId = mail.contact_id ?? thread?.contactId;
    if (contactId === undefined || !(await records.contact(contactId))) return;
    await records.addSentEmail({
      contactId,
      threadId: thread?.id ?? null,
      messageId: wire.messageId,
      inReplyTo: mail.in_reply_to_message_id ?? null,
      references: wire.references,
      from: wire.from,
      to: mail.email === undefined ? [] : [mail.email],
      subject: mail.subject ?? '',
      text: mail.message,
    });
  };
}
