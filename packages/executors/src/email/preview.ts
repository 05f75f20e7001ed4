import type { Preview } from '@proviso/contracts';
import type { ShownIdentity } from '@proviso/core/executor';
import { row } from '../row.ts';
import { listOf, type EmailParams } from './params.ts';
import { contentWarnings, shownContent } from './shown-content.ts';

export function previewEmail(mail: EmailParams, identity: ShownIdentity | null): Preview {
  const warnings = warningsFor(mail);
  const { fields, body } = shownContent({ text: mail.message, html: mail.html });
  return {
    title: `Email to ${mail.email ?? '?'}`,
    fields: [
      ...row('From', typeof identity?.config.from === 'string' ? identity.config.from : '?'),
      ...row('To', mail.email ?? '?'),
      ...row('Cc', listOf(mail.cc).join(', ')),
      ...row('Bcc', listOf(mail.bcc).join(', ')),
      ...row('Subject', mail.subject ?? '?'),
      ...row('In reply to', mail.in_reply_to_message_id ?? ''),
      ...row('Thread', mail.thread_id ?? ''),
      ...fields,
    ],
    body,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function warningsFor(mail: EmailParams): string[] {
  const shown = 'most mail programs show it in place of the text';
  const html = mail.html === undefined ? [] : [`There is an HTML part of ${mail.html.length} characters: ${shown}.`];
  return [...html, ...contentWarnings({ html: mail.html })];
}
