import { WORDS_MAX, type Findings } from './findings.ts';
import { hostNotes } from './hosts.ts';
import { mixedWords } from './look-alikes.ts';
import { cutPadding, shorten } from './padding.ts';
import { codePointOf, markInvisible } from './invisible.ts';

export interface Where {
  /** Where the text is, for warnings: a label, `title` or `body`. */
  place: string;
  findings: Findings;
  /** A single line, such as a name or a value: line breaks are shown as ⏎, and odd spaces are marked. */
  oneLine: boolean;
  charsMax?: number;
}

const PLAIN_CHARS_MAX = 400;
/** Printable ASCII on one line that cannot contain a host or padding. */
const PLAIN = /^(?!.*(?:[@\\]|:\/|xn--|www\.| {64}))[\x20-\x7E]*$/i;

/** The text in a form that people can judge: nothing is dropped, and what would be invisible is marked. */
export function readableText(text: string, where: Where): string {
  const { findings, place, charsMax = Infinity } = where;
  if (text.length <= Math.min(charsMax, PLAIN_CHARS_MAX) && PLAIN.test(text)) return text;
  const { parts, between } = shorten(text, charsMax);
  if (between !== '') findings.shortenedIn(place);
  return parts.map((part) => readablePart(part, where)).join(between);
}

function readablePart(text: string, where: Where): string {
  const { text: shown, cut } = cutPadding(markedText(text.replaceAll('\r\n', '\n'), where));
  if (cut) where.findings.paddedIn(where.place);
  return where.oneLine ? shown.replaceAll('\n', '⏎') : shown;
}

/** Puts our notes between the text's own parts, in which each character that looks like one of our marks is marked. */
function markedText(text: string, where: Where): string {
  const { findings, place, oneLine: spaces } = where;
  const show = (part: string): string => {
    const { text: shown, marked } = markInvisible(part, { spaces });
    if (marked) findings.markedIn(place);
    return shown;
  };
  let shown = '';
  let done = 0;
  const { notes, rest: more } = hostNotes(text);
  if (more) findings.host(`${place} has more links and addresses than are checked.`);
  for (const { from, at, note, warning } of notes) {
    findWords(text.slice(done, from), where);
    findings.host(markInvisible(warning, { spaces: true }).text);
    shown += `${show(text.slice(done, at))} ⟨${markInvisible(note, { spaces: true }).text}⟩`;
    done = at;
  }
  findWords(text.slice(done), where);
  return shown + show(text.slice(done));
}

function findWords(text: string, { findings, place }: Where): void {
  for (const { word, letters } of mixedWords(text)) {
    const named = letters.slice(0, 5).map((letter) => `${letter} (${codePointOf(letter)})`);
    const known = findings.word(
      `${place} mixes alphabets in “${word.slice(0, 60).toWellFormed()}”: not Latin: ${named.join(', ')}.`,
    );
    if (known > WORDS_MAX) return;
  }
}
