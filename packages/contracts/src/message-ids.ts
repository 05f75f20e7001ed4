// The single definition of a Message-ID and of a References chain (RFC 5322, section 3.6.4).
import { z } from 'zod';

/** A header line has at most 998 characters (RFC 5322, section 2.1.1), including its name. */
const CHARS_MAX = 900;
const MESSAGE_ID = /^<[^\s<>\p{C}]+>$/u;
/** The longest References header that mail servers accept without complaint; longer chains lose their middle. */
export const REFERENCES_BYTES_MAX = 2_000;

/** Returns it with angle brackets, whether or not it had them; undefined = not valid in a header. */
export function readMessageId(text: string): string | undefined {
  const bare = text.trim();
  const id = bare.startsWith('<') ? bare : `<${bare}>`;
  return id.length <= CHARS_MAX && MESSAGE_ID.test(id) ? id : undefined;
}

/**
 * Every Message-ID in a References header, or in a list of them, in order and without duplicates. Skips everything
 * else.
 */
export function readReferences(references: string | readonly string[]): string[] {
  const words = [references].flat().flatMap((text) => text.replaceAll('>', '> ').split(/\s+/));
  return [...new Set(words.flatMap((word) => (word === '' ? [] : (readMessageId(word) ?? []))))];
}

/**
 * Keeps the first, which begins the conversation, and the newest of the others that fit: RFC 5322 lets a chain lose its
 * middle.
 */
export function trimReferences([first, ...others]: readonly string[]): string[] {
  if (first === undefined) return [];
  let bytes = first.length;
  const newest = others.toReversed().filter((id) => (bytes += id.length + 1) <= REFERENCES_BYTES_MAX);
  return [first, ...newest.toReversed()];
}

/** A caller's Message-ID. */
export const messageId = z
  .string()
  .refine((text) => readMessageId(text) !== undefined, {
    error: `must be a Message-ID of at most ${CHARS_MAX} characters without spaces, such as <a1@example.com>`,
  })
  .transform((text) => readMessageId(text) ?? text);

/** A caller's chain, oldest first: a list, or the header's text. Each must be a Message-ID; a long chain is trimmed. */
export const references = z
  .union([z.string().transform((text) => text.replaceAll('>', '> ').split(/\s+/).filter(Boolean)), z.array(z.string())])
  .pipe(z.array(messageId).max(1_000))
  .transform((ids) => trimReferences([...new Set(ids)]));
