import { WORDS_MAX, type Findings } from './findings.ts';
import { hostNotes } from './hosts.ts';
import { mixedWords } from './look-alikes.ts';
import { cutPadding, shorten } from './padding.ts';
import { codePointOf, markUnseen } from './unseen.ts';

export interface Where {
  /** As a warning names it: a label, `title` or `body`. */
  place: string;
  findings: Findings;
  /** A line of its own, such as a name or a value: line breaks are shown as ⏎, and odd spaces are marked. */
  oneLine: boolean;
  charsMax?: number;
}

const PLAIN_CHARS_MAX = 400;
/** Printable ASCII in one line, with nothing in it that could be a host or padding. */
const PLAIN = /^(?!.*(?:[@\\]|:\/|xn--|www\.| {64}))[\x20-\x7E]*$/i;

/** The text as a person can judge it: nothing is dropped, and what would not be seen is marked. */
export function readableText(text: string, where: Where): string {
  const { findings, place, oneLine, charsMax = Infinity } = where;
  if (text.length <= Math.min(charsMax, PLAIN_CHARS_MAX) && PLAIN.test(text)) return text;
  const padding = cutPadding(markedText(text.replaceAll('\r\n', '\n'), where));
  if (padding.cut) findings.paddedIn(place);
  const short = shorten(oneLine ? padding.text.replaceAll('\n', '⏎') : padding.text, charsMax);
  if (short.cut) findings.shortenedIn(place);
  return short.text;
}

/** Our notes stand between the text's own parts, in which each character that looks like a mark of ours is marked. */
function markedText(text: string, where: Where): string {
  const { findings, place, oneLine: spaces } = where;
  const show = (part: string): string => {
    const { text: shown, marked } = markUnseen(part, { spaces });
    if (marked) findings.markedIn(place);
    return shown;
  };
  let shown = '';
  let rest = 0;
  for (const { from, at, note, warning } of hostNotes(text)) {
    findWords(text.slice(rest, from), where);
    findings.host(markUnseen(warning, { spaces: true }).text);
    shown += `${show(text.slice(rest, at))} ⟨${markUnseen(note, { spaces: true }).text}⟩`;
    rest = at;
  }
  findWords(text.slice(rest), where);
  return shown + show(text.slice(rest));
}

function findWords(text: string, { findings, place }: Where): void {
  for (const { word, letters } of mixedWords(text)) {
    const named = letters.slice(0, 5).map((letter) => `${letter} (${codePointOf(letter)})`);
    const known = findings.word(
      `${place} mixes alphabets in “${shorten(word, 60).text}”: not Latin: ${named.join(', ')}.`,
    );
    if (known > WORDS_MAX) return;
  }
}
