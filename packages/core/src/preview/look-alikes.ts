import { createRequire } from 'node:module';

// Its types claim a default export, but the CommonJS module is a single function.
const unhomoglyph = createRequire(import.meta.url)('unhomoglyph') as (text: string) => string;

const ASCII = /^\p{ASCII}*$/u;
const WORD = /[\p{L}\p{M}]{2,}/gu;
const WORD_CHARS_MAX = 1_000;
const OTHER_ALPHABET = /[\p{Script=Cyrl}\p{Script=Grek}\p{Script=Armn}\p{Script=Cher}\p{Script=Copt}\p{Script=Lisu}]/u;

const known = new Map<string, string>();
const LETTERS_KNOWN_MAX = 10_000;

/** Replaces each non-ASCII letter by the one that it looks like, by Unicode's table of confusables. */
export const asciiLookAlike = (text: string): string =>
  ASCII.test(text) ? text : Array.from(text, letterInAscii).join('');

function letterInAscii(letter: string): string {
  if (ASCII.test(letter)) return letter;
  const found = known.get(letter) ?? unhomoglyph(letter);
  if (known.size < LETTERS_KNOWN_MAX) known.set(letter, found);
  return found;
}

/** The words in which letters of another alphabet pass for Latin ones, with those letters. */
export function* mixedWords(text: string): Generator<{ word: string; letters: string[] }> {
  if (!OTHER_ALPHABET.test(text)) return;
  const seen = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    if (seen.has(word)) continue;
    seen.add(word);
    const letters = lookAlikesIn(word.slice(0, WORD_CHARS_MAX));
    if (letters.length > 0) yield { word, letters };
  }
}

function lookAlikesIn(word: string): string[] {
  if (!OTHER_ALPHABET.test(word) || !/\p{Script=Latn}/u.test(word)) return [];
  return [...new Set(word)].filter((letter) => OTHER_ALPHABET.test(letter) && ASCII.test(asciiLookAlike(letter)));
}
