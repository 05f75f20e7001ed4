import type { Preview } from '@proviso/contracts';
import { defineExecutor, done, refused, retry, type Executor, type ShownIdentity } from '@proviso/core/executor';
import { listOf } from './email/params.ts';
import { textWarnings } from './email/warnings.ts';
import { answered, resendOutcome } from './resend/outcome.ts';
import { configOf, openResend } from './resend/client.ts';
import { contentOf, contentWarnings, shownContent } from './resend/content.ts';
import { resendEmailParams, resendRecipients, type ResendEmailParams } from './resend/email-params.ts';
import { guardResendEmail, resolveResendEmail } from './resend/recipients.ts';
import { senderOf } from './resend/sender.ts';
import { row } from './row.ts';
import type { ExecutorSettings } from './settings.ts';

export const resendSendEmail = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<ResendEmailParams>({
    type: 'resend_send_email',
    version: 1,
    delivery: 'idempotent',
    // Resend remembers a key for 24 hours.
    keyLifetimeMs: 23 * 3_600_000,
    identity: 'resend',
    params: resendEmailParams,
    resolvesFrom: ['contact_id'],
    resolve: resolveResendEmail,
    preview: (mail, { identity }) => previewResendEmail(mail, identity),
    guard: guardResendEmail,

    async execute({ action, identity, credentials, signal, key, begin }) {
      if (signal.aborted) return retry('Stopped before sending.', { undone: true });
      const account = openResend(credentials, signal, settings);
      const config = configOf(identity?.config);
      if (!account || !config) return refused('The Resend identity has no valid key or no valid sender.');
      const { to, cc, bcc, subject, reply_to, tags } = action.params;
      const from = senderOf(action.params.from, config);
      if (from === undefined || to === undefined) return refused('The sender is not allowed, or nobody would get it.');
      const replyTo = reply_to ?? config.reply_to;
      await begin();
      return answered(account, async () => {
        const mail = {
          from,
          to,
          subject,
          ...contentOf(action.params),
          ...(cc && { cc }),
          ...(bcc && { bcc }),
          ...(tags && { tags }),
        };
        const { data, error } = await account.client.emails.send(
          { ...mail, ...(replyTo !== undefined && { replyTo }) },
          { idempotencyKey: key },
        );
        return error ? resendOutcome(error, account) : done({ email_id: data.id });
      });
    },
  });

function previewResendEmail(mail: ResendEmailParams, identity: ShownIdentity | null): Preview {
  const config = configOf(identity?.config);
  const { fields, body } = shownContent(mail);
  const warnings = [
    ...contentWarnings(mail),
    ...textWarnings({ recipients: resendRecipients(mail), subject: mail.subject, text: mail.text }),
  ];
  return {
    title: `Email to ${listOf(mail.to).join(', ') || '?'}`,
    fields: [
      ...row('From', (config && senderOf(mail.from, config)) ?? '?'),
      ...row('To', listOf(mail.to).join(', ') || '?'),
      ...row('Cc', listOf(mail.cc).join(', ')),
      ...row('Bcc', listOf(mail.bcc).join(', ')),
      ...row('Reply to', listOf(mail.reply_to ?? config?.reply_to).join(', ')),
      ...row('Subject', mail.subject),
      ...row('Tags', (mail.tags ?? []).map(({ name, value }) => `${name}=${value}`).join(', ')),
      ...fields,
    ],
    ...(body && { body }),
    ...(warnings.length > 0 && { warnings }),
  };
}
