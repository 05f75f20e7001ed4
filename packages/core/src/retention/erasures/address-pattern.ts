/** Characters that would make it another address. */
const BEFORE = '[[:alnum:]._%+-]';

/**
 * A regular expression of PostgreSQL for the address as a whole, also in the text of JSON, where a letter before it may
 * end an escaped line break.
 */
export const addressPattern = (email: string): string =>
  `(?:(?<!${BEFORE})|(?<=\\\\[nrtbf]))${email.replaceAll(/[^\p{L}\p{N}@]/gu, String.raw`\$&`)}(?![[:alnum:]-]|\\.[[:alnum:]])`;
