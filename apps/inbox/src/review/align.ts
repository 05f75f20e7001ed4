// What many texts have in common, and what is between. Held by apps/inbox/test/unit/template.test.ts.
import { diffArrays } from 'diff';

/** What is common and what varies, in turn; it begins and ends with a common piece, which may be empty. */
export interface Alignment {
  commons: string[];
  /** By text, what stands between the common pieces; null = the text has another structure. */
  cells: (string[] | null)[];
}

/** A text that keeps less of the model is not the same text with other words. */
const KEPT_SHARE_MIN = 0.5;
/** So many words in a row hold two slots apart; fewer are there by chance. */
const COMMON_WORDS_MIN = 2;

const tokensOf = (text: string): string[] => text.match(/\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
const isWord = (token: string): boolean => /[\p{L}\p{N}]/u.test(token);

/** Aligns every text with one of them, the model. */
export function align(model: string, texts: string[]): Alignment {
  const modelTokens = tokensOf(model);
  const maps = texts.map((text) => keptOf(modelTokens, tokensOf(text)));
  const isSimilar = maps.map(({ kept }) => {
    const words = modelTokens.filter(isWord).length;
    const keptWords = [...kept.keys()].filter((at) => isWord(modelTokens[at] ?? '')).length;
    return keptWords >= words * KEPT_SHARE_MIN;
  });
  const similar = maps.filter((_, at) => isSimilar[at]);
  const isKept = modelTokens.map((_, at) => similar.every(({ kept }) => kept.has(at)));
  const runs = commonRuns(modelTokens, isKept, (at) =>
    similar.every(({ kept }) => kept.get(at + 1) === (kept.get(at) ?? -2) + 1),
  );
  const commons = runs.map(({ from, to }) => modelTokens.slice(from, to).join(''));
  const cells = maps.map(({ kept, tokens }, at) => (isSimilar[at] ? cellsOf(runs, kept, tokens) : null));
  return { commons, cells };
}

interface Kept {
  tokens: string[];
  /** From the place of a token of the model to its place here. */
  kept: Map<number, number>;
}

function keptOf(model: string[], tokens: string[]): Kept {
  const kept = new Map<number, number>();
  let [ofModel, here] = [0, 0];
  for (const { added, removed, count } of diffArrays(model, tokens)) {
    if (!added && !removed) for (let at = 0; at < count; at++) kept.set(ofModel + at, here + at);
    if (!added) ofModel += count;
    if (!removed) here += count;
  }
  return { tokens, kept };
}

interface Run {
  from: number;
  to: number;
}

/** Runs of the model's tokens that all texts have, one right after the other; the first and the last may be empty. */
function commonRuns(tokens: string[], isKept: boolean[], isFollowed: (at: number) => boolean): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const last = runs.at(-1);
    if (!isKept[at]) continue;
    if (last?.to === at && isFollowed(at - 1)) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  }
  const holds = ({ from, to }: Run): boolean => {
    const run = tokens.slice(from, to);
    const isAtEnd = from === 0 || to === tokens.length;
    return isAtEnd || run.filter(isWord).length >= COMMON_WORDS_MIN || run.some((token) => token.includes('\n\n'));
  };
  const held = runs.filter(holds);
  if (held[0]?.from !== 0) held.unshift({ from: 0, to: 0 });
  if (held.at(-1)?.to !== tokens.length) held.push({ from: tokens.length, to: tokens.length });
  if (held.length === 1) held.push({ from: tokens.length, to: tokens.length });
  return held;
}

function cellsOf(runs: Run[], kept: Map<number, number>, tokens: string[]): string[] {
  const placeOf = ({ from, to }: Run): { begin: number; end: number } => {
    if (from === to) return from === 0 ? { begin: 0, end: 0 } : { begin: tokens.length, end: tokens.length };
    return { begin: kept.get(from) ?? 0, end: (kept.get(to - 1) ?? 0) + 1 };
  };
  return runs.slice(1).map((run, at) => {
    const before = runs[at];
    return tokens.slice(before ? placeOf(before).end : 0, placeOf(run).begin).join('');
  });
}
