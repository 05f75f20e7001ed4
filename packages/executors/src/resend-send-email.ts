import type { Preview } from '@proviso/contracts';
import { defineExecutor, done, refused, retry, type Executor, type IdentityView } from '@proviso/core/executor';
import { displayMailbox } from './email/addresses.ts';
import { listOf } from './email/params.ts';
import { outcomeOf, resendOutcome } from './resend/outcome.ts';
import { configOf, openResend } from './resend/client.ts';
import { composeResendMail } from './resend/compose.ts';
import { contentWarnings, contentPreview } from './email/content-preview.ts';
import { resendEmailParams, type ResendEmailParams } from './resend/email-params.ts';
import { guardResendEmail, resolveResendEmail } from './resend/recipients.ts';
import { displaySender } from './resend/sender.ts';
import { previewField } from './preview-field.ts';
import type { ExecutorSettings } from './settings.ts';
import { firstOf, told } from './summary-text.ts';

export const resendSendEmail = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<ResendEmailParams>({
    type: 'resend_send_email',
    version: 1,
    delivery: 'idempotent',
    // Resend remembers a key for 24 hours.
    keyLifetimeMs: 23 * 3_600_000,
    identity: 'resend',
    params: resendEmailParams,
    restatedIn: { text: ['html'], html: ['text'] },
    resolvesFrom: ['contact_id'],
    resolve: resolveResendEmail,
    preview: (mail, { identity }) => previewResendEmail(mail, identity),
    summary: ({ to, cc, bcc, subject }) => told(`Email to ${firstOf([to, cc, bcc].flatMap(listOf))}`, subject),
    guard: guardResendEmail,

    async execute({ action, identity, credentials, signal, key, begin }) {
      if (signal.aborted) return retry('Stopped before sending.', { undone: true });
      const account = openResend(credentials, signal, settings);
      const config = configOf(identity?.config);
      const mail = config && composeResendMail(action.params, config);
      if (!account || !mail) return refused('The Resend identity has no valid key, or does not allow the sender.');
      await begin();
      return outcomeOf(account, async () => {
        const { data, error } = await account.client.emails.send(mail, { idempotencyKey: key });
        return error ? resendOutcome(error, account) : done({ email_id: data.id });
      });
    },
  });

function previewResendEmail(mail: ResendEmailParams, identity: IdentityView | null): Preview {
  const config = configOf(identity?.config);
  const { fields, body } = contentPreview(mail);
  const warnings = contentWarnings(mail);
  return {
    title: `Email to ${listOf(mail.to).join(', ') || '?'}`,
    fields: [
      ...previewField('From', displaySender(mail.from, config)),
      ...previewField('To', listOf(mail.to).join(', ') || '?'),
      ...previewField('Cc', listOf(mail.cc).join(', ')),
      ...previewField('Bcc', listOf(mail.bcc).join(', ')),
      ...previewField(
        'Reply to',
        listOf(mail.reply_to ?? config?.reply_to)
          .map(displayMailbox)
          .join(', '),
      ),
      ...previewField('Subject', mail.subject),
      ...previewField('Tags', (mail.tags ?? []).map(({ name, value }) => `${name}=${value}`).join(', ')),
      ...fields,
    ],
    ...(body && { body }),
    ...(warnings.length > 0 && { warnings }),
  };
}
