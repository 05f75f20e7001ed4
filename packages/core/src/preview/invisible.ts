/** Invisible, or moves its neighbours: default ignorable, format and control characters, and blank glyphs. */
const UNSEEN = /[\p{DI}\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u2800]/u;
/** Signs over digits: visible, although Unicode counts them among the format characters. */
const DRAWN_FORMAT = /[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u;
/** The characters of our own marks and line breaks, which a text must not imitate. */
const OUR_MARKS = /[\u23CE\u2329\u232A\u27E8\u27E9]/u;
const ODD_SPACE = /[^\S \t\n]/u;
/** Runs of characters that may need a mark; each run is examined once. */
const CANDIDATES =
  /(?:(?![\t\n])[\p{DI}\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u2800\u23CE\u2329\u232A\u27E8\u27E9])+/gu;
const CANDIDATES_OR_SPACES =
  /(?:(?![\t\n])[\p{DI}\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u2800\u23CE\u2329\u232A\u27E8\u27E9])+|[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]+/gu;

/** No honest text has a longer run: further characters are counted, not named. */
const RUN_CHARS_MAX = 1_000;
const ZWNJ = '\u200C';
const ZWJ = '\u200D';
/** Scripts whose letters a joiner joins or keeps apart. */
const JOINING =
  /[\p{Script=Arab}\p{Script=Syrc}\p{Script=Nkoo}\p{Script=Mong}\p{Script=Deva}\p{Script=Beng}\p{Script=Guru}\p{Script=Gujr}\p{Script=Orya}\p{Script=Taml}\p{Script=Telu}\p{Script=Knda}\p{Script=Mlym}\p{Script=Sinh}\p{Script=Khmr}\p{Script=Mymr}\p{Script=Tibt}\p{Script=Java}\p{Script=Bali}\p{Script=Tglg}]/u;
const JOINED = /[\p{L}\p{M}]/u;
const EMOJI_END = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]/u;
const PICTOGRAPH = /\p{Extended_Pictographic}/u;
/** The flags of England, Scotland and Wales, which are spelt in tag characters. */
const FLAG_TAGS =
  /^\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}/u;

export interface Marked {
  text: string;
  marked: boolean;
}

/** `U+200B`, or `U+200B × 40`. */
const mark = (character: string, count: number): string =>
  `⟨${codePointOf(character)}${count > 1 ? ` × ${count}` : ''}⟩`;

export const codePointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Replaces each character that a reader would not see by a mark such as `⟨U+200B⟩`. Keeps emoji, and joiners between
 * letters of scripts that use them. `spaces` also marks unusual spaces.
 */
export function markInvisible(text: string, { spaces }: { spaces: boolean }): Marked {
  let marked = false;
  const shown = text.replaceAll(spaces ? CANDIDATES_OR_SPACES : CANDIDATES, (run: string, at: number) => {
    if (run.length > RUN_CHARS_MAX && !isUniform(run)) {
      marked = true;
      return `⟨… ${run.length.toLocaleString('en-US')} invisible characters …⟩`;
    }
    const before = lastOf(text.slice(Math.max(0, at - 2), at));
    const after = firstOf(text.slice(at + run.length, at + run.length + 2));
    if (run.length === 1) {
      if (!isToMark(run, { previous: before, next: after, spaces })) return run;
      marked = true;
      return mark(run, 1);
    }
    const pieces = piecesOf(run, { before, after, spaces });
    marked ||= pieces.some(({ marks }) => marks);
    return pieces.map(({ characters, count, marks }) => (marks ? mark(characters, count) : characters)).join('');
  });
  return { text: shown, marked };
}

interface Piece {
  characters: string;
  count: number;
  marks: boolean;
}

function piecesOf(run: string, { before, after, spaces }: { before: string; after: string; spaces: boolean }): Piece[] {
  const pieces: Piece[] = [];
  let previous = before;
  for (let at = 0; at < run.length; at += previous.length) {
    const last = pieces.at(-1);
    if (last?.marks && run.startsWith(last.characters, at)) {
      last.count++; // a character that does not belong after a letter does not belong after itself
      continue;
    }
    const flag = previous === '\u{1F3F4}' ? FLAG_TAGS.exec(run.slice(at)) : null;
    const character = flag?.[0] ?? firstOf(run.slice(at, at + 2));
    const next = firstOf(run.slice(at + character.length, at + character.length + 2)) || after;
    const marks = !flag && isToMark(character, { previous, next, spaces });
    pieces.push({ characters: character, count: 1, marks });
    previous = character;
  }
  return pieces;
}

interface Place {
  previous: string;
  next: string;
  spaces: boolean;
}

function isToMark(character: string, place: Place): boolean {
  if (OUR_MARKS.test(character)) return true;
  if (ODD_SPACE.test(character) && !UNSEEN.test(character)) return place.spaces && !isUsualSpace(character, place);
  return !DRAWN_FORMAT.test(character) && !belongs(character, place);
}

/** Characters that may belong to a neighbour. */
const DEPENDENT = /[\p{Join_Control}\p{Variation_Selector}]/u;

/** A joiner or selector that its neighbours need. */
function belongs(character: string, { previous, next }: Place): boolean {
  if (previous === '' || !DEPENDENT.test(character)) return false;
  if (previous !== '\uFE0F' && UNSEEN.test(previous)) return false;
  if (character === ZWJ && EMOJI_END.test(previous) && PICTOGRAPH.test(next)) return true;
  if (character === ZWJ || character === ZWNJ)
    return [previous, next].every((each) => JOINING.test(each) && JOINED.test(each));
  if (character === '\uFE0F' || character === '\uFE0E')
    return /[\d#*]/.test(previous) ? next === '\u20E3' : /\p{Emoji}/u.test(previous);
  if (/[\u{E0100}-\u{E01EF}]/u.test(character)) return /\p{Script=Han}/u.test(previous);
  return /[\u180B-\u180D\u180F]/u.test(character) && /\p{Script=Mong}/u.test(previous);
}

/**
 * French puts one before `?` and after `«`, many number formats group digits with one, and Japanese and Chinese have a
 * wide one.
 */
function isUsualSpace(character: string, { previous, next }: Place): boolean {
  if (character === '\u3000') return /[\p{Script=Han}\p{Script=Hira}\p{Script=Kana}\p{P}]/u.test(previous);
  if (!/[\u00A0\u202F\u2009]/u.test(character)) return false;
  return /[?!:;»%€]/u.test(next) || previous === '«' || /\d/.test(previous);
}

const isUniform = (run: string): boolean => run === firstOf(run).repeat(run.length / firstOf(run).length);

const firstOf = (text: string): string => {
  const code = text.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
};
/** The last character of at most two code units. */
const lastOf = (text: string): string => ((text.codePointAt(0) ?? 0) > 0xffff ? text : text.slice(-1));
