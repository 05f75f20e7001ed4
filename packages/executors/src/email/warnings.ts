import { wireAddress } from './addresses.ts';
import type { Recipient } from './params.ts';

/** Zero-width, bidirectional and other characters that show nothing or move their neighbours. */
const INVISIBLE = /\p{Cf}/u;
const NOT_ASCII = /[^\p{ASCII}]/u;

interface Words {
  recipients: Recipient[];
  subject: string | undefined;
  text: string | undefined;
}

/** What a reader of the card would not see: letters that look like others, or like nothing. */
export function textWarnings({ recipients, subject = '', text = '' }: Words): string[] {
  const warnings: string[] = [];
  for (const { address } of recipients) {
    if (NOT_ASCII.test(address)) {
      warnings.push(
        `The address ${address} has letters that may imitate others; it is sent to ${wireAddress(address)}.`,
      );
    } else if (/[@.]xn--/i.test(address)) {
      warnings.push(`The address ${address} has an internationalized domain (punycode).`);
    }
  }
  if (INVISIBLE.test(subject)) warnings.push('The subject has invisible or direction-changing characters.');
  else if (NOT_ASCII.test(subject)) warnings.push('The subject has characters beyond ASCII, which may imitate others.');
  if (INVISIBLE.test(text)) warnings.push('The text has invisible or direction-changing characters.');
  return warnings;
}
