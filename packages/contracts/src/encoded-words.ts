// Encoded words (RFC 2047) put other characters into an ASCII header; the reader sees the decoded text.

/** What a mail program may read as one, strict or not. */
const BEGINS = /=\?(?=[^\s?]{1,75}\?[bq]\?)/i;
const WORD = /=\?([^\s?*]{1,40})(?:\*[^\s?]{0,40})?\?([bq])\?([^\s?]{0,2000})\?=(?:\s+(?==\?[^\s?]{1,75}\?[bq]\?))?/gi;

export const hasEncodedWord = (text: string): boolean => BEGINS.test(text);

/** Breaks up everything in a text that could be read as one. */
export const withoutEncodedWords = (text: string): string => text.replaceAll(new RegExp(BEGINS, 'gi'), '= ?');

/** The text as mail programs show it. An encoded word with an unknown charset or a bad encoding stays unchanged. */
export const decodeWords = (text: string): string =>
  text.replaceAll(WORD, (whole: string, charset: string, encoding: string, content: string) => {
    try {
      const bytes = encoding.toLowerCase() === 'b' ? base64Bytes(content) : quotedBytes(content);
      return new TextDecoder(charset).decode(bytes);
    } catch {
      return whole;
    }
  });

const base64Bytes = (content: string): Uint8Array => Uint8Array.from(atob(content), (char) => char.charCodeAt(0));

const quotedBytes = (content: string): Uint8Array =>
  Uint8Array.from(
    content
      .replaceAll('_', ' ')
      .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    (char) => char.charCodeAt(0),
  );
