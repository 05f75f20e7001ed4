import { createHash, hash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import type { JsonObject, JsonValue } from '@proviso/contracts';
import { nextSlice } from './time-slice.ts';

/** RFC 8785: the same text whatever the order of keys. */
export const canonicalJson = (value: JsonValue): string => canonicalize(value);

/** SHA-256, hex, of the canonical JSON (RFC 8785) of a value that passed `jsonFault`. */
export const hashJson = (value: JsonValue): string => hash('sha256', canonicalize(value));

/** `hashJson` in time slices, for values that may be large. */
export async function hashLargeJson(value: JsonValue): Promise<string> {
  const digest = createHash('sha256');
  for (const part of partsOf(value)) {
    digest.update(part);
    await nextSlice();
  }
  return digest.digest('hex');
}

/** How deep a list of many items may be; each of its items is bounded. */
const PARTED_DEPTH = 3;

/** Canonical JSON in order, in parts. */
function* partsOf(value: JsonValue, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || depth > PARTED_DEPTH) return yield canonicalize(value);
  const isList = Array.isArray(value);
  let before = isList ? '[' : '{';
  for (const key of isList ? value.keys() : Object.keys(value).toSorted()) {
    yield isList ? before : `${before}${JSON.stringify(key)}:`;
    yield* partsOf((value as JsonObject)[key] ?? null, depth + 1);
    before = ',';
  }
  yield before === ',' ? (isList ? ']' : '}') : isList ? '[]' : '{}';
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export const sameJson = (one: unknown, other: unknown): boolean => canonicalize(one) === canonicalize(other);
