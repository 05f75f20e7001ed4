import { smtpConfig, type Preview, type SmtpConfig } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import { previewField } from '../preview-field.ts';
import { readableAddress, displayMailbox } from './addresses.ts';
import { listOf, type EmailParams } from './params.ts';
import { contentWarnings, contentPreview } from './content-preview.ts';

/** Everything that goes over the wire and where it leaves, including a reply's headers. */
export function previewEmail(mail: EmailParams, identity: IdentityView | null): Preview {
  const warnings = warningsFor(mail);
  const readable = (addresses: string | string[] | undefined): string =>
    listOf(addresses).map(readableAddress).join(', ');
  const config = smtpConfig.safeParse(identity?.config).data;
  const { fields, body } = contentPreview({ text: mail.message, html: mail.html });
  return {
    title: `Email to ${readable(mail.email) || '?'}`,
    fields: [
      ...previewField('From', config ? displayMailbox(config.from) : '?'),
      ...previewField('To', readable(mail.email) || '?'),
      ...previewField('Cc', readable(mail.cc)),
      ...previewField('Bcc', readable(mail.bcc)),
      ...previewField('Reply to', config?.reply_to === undefined ? '' : displayMailbox(config.reply_to)),
      ...previewField('Subject', mail.subject ?? '?'),
      ...previewField('In reply to', mail.in_reply_to_message_id ?? ''),
      ...previewField('References', (mail.references ?? []).join(' ')),
      ...previewField('Thread', mail.thread_id ?? ''),
      ...previewField('Leaves through', config ? serverOf(config) : ''),
      ...fields,
    ],
    body,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function serverOf({ host, port, secure, require_tls }: SmtpConfig): string {
  if (secure) return `${host}:${port}, TLS`;
  const tls = { true: 'TLS required', false: 'TLS where the server offers it', unset: 'TLS required with a login' };
  return `${host}:${port}, ${tls[`${require_tls ?? 'unset'}`]}`;
}

function warningsFor(mail: EmailParams): string[] {
  const shown = 'most mail programs show it in place of the text';
  const html = mail.html === undefined ? [] : [`There is an HTML part of ${mail.html.length} characters: ${shown}.`];
  return [...html, ...contentWarnings({ html: mail.html }), ...replyWarnings(mail)];
}

/** What may keep a reply from appearing as one. */
function replyWarnings({ in_reply_to_message_id: id, thread_id }: EmailParams): string[] {
  if (id === undefined) return [];
  const unknown = 'No message with this Message-ID is known here: it may start a new conversation.';
  const odd = 'The Message-ID that it answers is not of the usual form <left@right>: mail programs may not thread it.';
  return [...(thread_id === undefined ? [unknown] : []), ...(/^<[^@]+@[^@]+>$/.test(id) ? [] : [odd])];
}
