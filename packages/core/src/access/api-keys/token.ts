import { hash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghijkmnopqrstuvwxyz';

function letters(count: number): string {
  let text = '';
  while (text.length < count) {
    // Rejection sampling makes every letter equally likely.
    for (const byte of randomBytes(count)) if (byte < 4 * ALPHABET.length) text += ALPHABET[byte % ALPHABET.length];
  }
  return text.slice(0, count);
}

/** A fresh token, `pv_<8 lookup>_<40 secret>` (over 230 bits). It is shown once and stored as a hash. */
export const newToken = (): string => `pv_${letters(8)}_${letters(40)}`;

/** The secret of an invitation, `pvi_<8 lookup>_<40 secret>`. */
export const newInvitationSecret = (): string => `pvi_${letters(8)}_${letters(40)}`;

export const hashToken = (token: string): string => hash('sha256', token);

/** The readable part of a token, which lets people tell keys apart; of another format, the first four characters. */
export const lookupOf = (token: string): string => /^pvi?_([^_]{8})_/.exec(token)?.[1] ?? token.slice(0, 4);

/** Why a token that an operator chose is not acceptable; undefined = it is. */
export const tokenFault = (token: string): string | undefined =>
  /^[\x21-\x7e]{20,255}$/.test(token) ? undefined : 'must be 20 to 255 printable characters without spaces';
