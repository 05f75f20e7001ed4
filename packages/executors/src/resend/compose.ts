import type { ResendConfig } from '@proviso/contracts';
import type { CreateEmailOptions } from 'resend';
import { wireAddresses } from '../email/addresses.ts';
import { listOf } from '../email/params.ts';
import { contentOf } from './content.ts';
import type { ResendEmailParams } from './email-params.ts';
import { senderOf } from './sender.ts';

/** The mail in the client's form; undefined = the identity does not allow its sender, or it has no recipient. */
export function composeResendMail(mail: ResendEmailParams, config: ResendConfig): CreateEmailOptions | undefined {
  const { to, cc, bcc, subject, reply_to, tags } = mail;
  const from = senderOf(mail.from, config);
  if (from === undefined || to === undefined) return undefined;
  const wire = (given: string | string[]): string[] => wireAddresses(listOf(given));
  const replyTo = reply_to === undefined ? config.reply_to : wire(reply_to);
  return {
    from,
    to: wire(to),
    subject,
    ...contentOf(mail),
    ...(cc && { cc: wire(cc) }),
    ...(bcc && { bcc: wire(bcc) }),
    ...(replyTo && { replyTo }),
    ...(tags && { tags }),
  };
}
