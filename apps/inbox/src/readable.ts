// Makes visible what a reader would not see in a text that is not part of a preview: the service marks those itself, in
// the same way. Held by apps/inbox/test/unit/readable.test.ts.

/** Invisible, or moves its neighbours: format and control characters, default ignorables, odd separators, blank glyphs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Co}\u2800]/gu;
/** What a line break and a tab are, and the signs that are drawn over digits. */
const SEEN = /[\n\t\r\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u;
/** What a joiner may hold together, and what a selector may follow. */
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]$/u;
const EMOJI = /\p{Emoji}$/u;
/** Letters of scripts that join. */
const JOINING =
  /[\p{Script=Arab}\p{Script=Syrc}\p{Script=Nkoo}\p{Script=Mong}\p{Script=Deva}\p{Script=Beng}\p{Script=Guru}\p{Script=Gujr}\p{Script=Orya}\p{Script=Taml}\p{Script=Telu}\p{Script=Knda}\p{Script=Mlym}\p{Script=Sinh}\p{Script=Khmr}\p{Script=Mymr}\p{Script=Tibt}]$/u;

/** Each invisible character as its code point, such as `⟨U+202E⟩`. */
export const readable = (text: string): string =>
  text.replaceAll(UNSEEN, (character: string, at: number) =>
    SEEN.test(character) || belongs(character, text.slice(Math.max(0, at - 2), at))
      ? character
      : `⟨${codePoint(character)}⟩`,
  );

/** A joiner or selector that the character before it needs. */
function belongs(character: string, before: string): boolean {
  if (character === '\uFE0E' || character === '\uFE0F') return EMOJI.test(before);
  if (character === '\u200D' && PICTURE.test(before)) return true;
  return /\p{Join_Control}/u.test(character) && JOINING.test(before);
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** JSON with the same characters as its own escapes, so that it stays JSON. */
export const readableJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(UNSEEN, (character: string) =>
    SEEN.test(character)
      ? character
      : Array.from(
          { length: character.length },
          (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
