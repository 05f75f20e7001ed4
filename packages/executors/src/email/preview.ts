import type { Preview } from '@proviso/contracts';
import type { ShownIdentity } from '@proviso/core/executor';
import { wireAddress } from './addresses.ts';
import { listOf, recipients, type EmailParams } from './params.ts';

/** Zero-width, bidirectional and other characters that show nothing or move their neighbours. */
const INVISIBLE = /\p{Cf}/u;
const NOT_ASCII = /[^\p{ASCII}]/u;

export function previewEmail(mail: EmailParams, identity: ShownIdentity | null): Preview {
  const warnings = warningsFor(mail);
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
      // Most readers see this part and not the text: what is approved must show all of it.
      ...row('HTML', mail.html ?? ''),
    ],
    body: { text: mail.message },
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

const row = (label: string, value: string): Preview['fields'] => (value ? [{ label, value }] : []);

function warningsFor(mail: EmailParams): string[] {
  const warnings: string[] = [];
  if (mail.html !== undefined) {
    const shown = 'most mail programs show it in place of the text';
    warnings.push(`There is an HTML part of ${mail.html.length} characters: ${shown}.`);
  }
  for (const { address } of recipients(mail)) {
    if (NOT_ASCII.test(address)) {
      warnings.push(
        `The address ${address} has letters that may imitate others; it is sent to ${wireAddress(address)}.`,
      );
    } else if (/[@.]xn--/i.test(address)) {
      warnings.push(`The address ${address} has an internationalized domain (punycode).`);
    }
  }
  const subject = mail.subject ?? '';
  if (INVISIBLE.test(subject)) warnings.push('The subject has invisible or direction-changing characters.');
  else if (NOT_ASCII.test(subject)) warnings.push('The subject has characters beyond ASCII, which may imitate others.');
  if (INVISIBLE.test(mail.message)) warnings.push('The text has invisible or direction-changing characters.');
  return warnings;
}
