import type { JsonObject, JsonValue } from '@proviso/contracts';

/** Reserved for the list of what was cut. */
const NOTE_BYTES = 16 * 1024;
const NAMED_MAX = 50;
const NAME_CHARS_MAX = 200;
/** A part of at most this size stays whole while there is room: ids, numbers, states. */
const SMALL_BYTES = 256;
const SHARE_BYTES_MIN = 1024;
/** Each level measures its children again. */
const DEPTH_MAX = 16;

/**
 * Cuts a result to at most `bytesMax` of JSON: small parts stay whole, large ones are cut, and `too_large` names those.
 * Text keeps its beginning, and a list its first items.
 */
export function truncateResult(result: JsonObject, bytesMax: number): JsonObject {
  if (bytesOf(result) <= bytesMax) return result;
  const cut: string[] = [];
  const kept = shrink(result, { bytesLeft: bytesMax - NOTE_BYTES, path: '', cut, depth: 0 });
  const named = cut.slice(0, NAMED_MAX).map((path) => path.slice(0, NAME_CHARS_MAX));
  const more = cut.length > NAMED_MAX ? [`and ${cut.length - NAMED_MAX} more`] : [];
  const fitted = { ...(kept as JsonObject), too_large: [...named, ...more] };
  return bytesOf(fitted) <= bytesMax ? fitted : { too_large: true };
}

const bytesOf = (value: JsonValue): number => Buffer.byteLength(JSON.stringify(value));

interface Limits {
  bytesLeft: number;
  path: string;
  cut: string[];
  depth: number;
}

/** Undefined: no part of it fits. */
function shrink(value: JsonValue, limits: Limits): JsonValue | undefined {
  if (typeof value === 'string') return shortened(value, limits);
  if (typeof value !== 'object' || value === null) return undefined;
  if (limits.bytesLeft < SMALL_BYTES || limits.depth > DEPTH_MAX) return undefined;
  const entries = Object.entries(value);
  const sized = entries.map(([name, child]) => ({ name, child, bytes: bytesOf(child) }));
  const isList = Array.isArray(value);
  const kept = keepIn(isList ? sized : sized.toSorted((a, b) => a.bytes - b.bytes), limits, isList);
  if (isList) return [...kept.values()];
  return Object.fromEntries(entries.flatMap(([name]) => (kept.has(name) ? [[name, kept.get(name) as JsonValue]] : [])));
}

function keepIn(
  children: { name: string; child: JsonValue; bytes: number }[],
  { bytesLeft, path, cut, depth }: Limits,
  isList: boolean,
): Map<string, JsonValue> {
  const kept = new Map<string, JsonValue>();
  let left = bytesLeft - 2;
  for (const [index, { name, child, bytes }] of children.entries()) {
    const at = path === '' ? name : `${path}.${name}`;
    const around = isList ? 1 : Buffer.byteLength(JSON.stringify(name)) + 2;
    const share = Math.min(left - around, Math.max((left - around) / (children.length - index), SHARE_BYTES_MIN));
    const isWhole = bytes <= left - around && (bytes <= SMALL_BYTES || bytes <= share);
    const part = isWhole ? child : shrink(child, { bytesLeft: Math.floor(share), path: at, cut, depth: depth + 1 });
    if (part === undefined) {
      cut.push(isList ? `${at} to ${children.length - 1}` : at);
      if (isList) break;
      continue;
    }
    kept.set(name, part);
    left -= around + (isWhole ? bytes : bytesOf(part));
  }
  return kept;
}

/** A character takes at most six bytes of JSON, and the ellipsis three. */
function shortened(text: string, { bytesLeft, path, cut }: Limits): string | undefined {
  if (bytesLeft < SMALL_BYTES) return undefined;
  cut.push(path);
  const budget = bytesLeft - 8;
  let end = Math.min(text.length, budget);
  while (bytesOf(text.slice(0, end)) > budget) end = Math.floor(end * 0.8);
  return `${text.slice(0, end).toWellFormed()}…`;
}
