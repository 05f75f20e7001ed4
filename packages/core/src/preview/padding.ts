const SAME_LINES_MAX = 20;
const BLANK_LINES = /\n(?:[^\S\n]*\n){9,}/gu;
const SPACES = /[^\S\n]{64,}/gu;
/** More accents on one letter than any language uses: they would be drawn over the neighbouring lines. */
const ACCENTS = /\p{M}{9,}/gu;

export interface Cut {
  text: string;
  /** Whether something was left out. */
  cut: boolean;
}

const count = (number: number): string => number.toLocaleString('en-US');

/** Cuts what only pushes the rest out of sight, and says how much of it there is. */
export function cutPadding(text: string): Cut {
  const inLines = text
    .replaceAll(BLANK_LINES, (run) => `\n⟨… ${count(run.split('\n').length - 2)} blank lines …⟩\n`)
    .replaceAll(SPACES, (run) => `⟨… ${count(run.length)} spaces …⟩`)
    .replaceAll(ACCENTS, (run) => `⟨… ${count(Array.from(run).length)} accents …⟩`);
  const shown = text.length > SAME_LINES_MAX || text.includes('\n') ? cutLines(inLines) : inLines;
  return { text: shown, cut: shown !== text };
}

function cutLines(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  for (let from = 0, to = 0; from < lines.length; from = to) {
    const line = lines[from]?.trim() ?? '';
    for (to = from; to < lines.length && lines[to]?.trim() === line; to++);
    const length = to - from;
    if (line === '' || length <= SAME_LINES_MAX) for (let at = from; at < to; at++) kept.push(lines[at] ?? '');
    else kept.push(lines[from] ?? '', `⟨… the same line ${count(length - 1)} more times …⟩`);
  }
  return kept.join('\n');
}

/** The beginning and the end of a text, and a note on what is left out between them; one part if it is short enough. */
export function shorten(text: string, charsMax: number): { parts: string[]; between: string } {
  if (text.length <= charsMax) return { parts: [text], between: '' };
  const end = Math.floor(charsMax / 5);
  const parts = [text.slice(0, charsMax - end), text.slice(-end)].map((part) => part.toWellFormed());
  return { parts, between: `⟨… ${count(text.length - charsMax)} characters …⟩` };
}
