import type { JsonObject } from '@proviso/contracts';
import { invalid } from '../platform/errors.ts';

/** Limits a record's properties to the size of one request, however many changes built them. */
const BYTES_MAX = 1024 * 1024;

/**
 * Returns the properties of a contact or company after a change: unnamed ones stay, and a null deletes one. Throws
 * INVALID.
 */
export function mergeProperties(into: JsonObject, changes: JsonObject): JsonObject {
  const merged = Object.fromEntries(Object.entries({ ...into, ...changes }).filter(([, value]) => value !== null));
  if (Buffer.byteLength(JSON.stringify(merged)) > BYTES_MAX)
    throw invalid('properties', 'would exceed 1 MiB in total: delete some with null');
  return merged;
}
