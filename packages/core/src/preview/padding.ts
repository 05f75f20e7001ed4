const BLANK_LINES_MAX = 8;
const SAME_LINES_MAX = 20;
const SPACES = /[^\S\n]{64,}/gu;
/** More accents on one letter than any language writes: they are drawn over the lines beside it. */
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
    if (line === '' ? length <= BLANK_LINES_MAX : length <= SAME_LINES_MAX) kept.push(...lines.slice(from, to));
    else if (line === '') kept.push(`⟨… ${count(length)} blank lines …⟩`);
    else kept.push(lines[from] ?? '', `⟨… the same line ${count(length - 1)} more times …⟩`);
  }
  return kept.join('\n');
}

/** Its beginning and its end, with the number of characters between them. */
export function shorten(text: string, charsMax: number): Cut {
  if (text.length <= charsMax) return { text, cut: false };
  const end = Math.floor(charsMax / 5);
  const head = text.slice(0, charsMax - end).toWellFormed();
  const between = `⟨… ${count(text.length - charsMax)} characters …⟩`;
  return { text: `${head}${between}${text.slice(-end).toWellFormed()}`, cut: true };
}
