import type { JsonObject } from '@proviso/contracts';
import { invalid } from '../platform/errors.ts';

/** The maximum size of a record's properties, however many changes they took: that of one request. */
const BYTES_MAX = 1024 * 1024;

/** A contact's or company's properties after a change: those not named stay, and a null deletes one. Throws INVALID. */
export function mergeProperties(into: JsonObject, changes: JsonObject): JsonObject {
  const merged = Object.fromEntries(Object.entries({ ...into, ...changes }).filter(([, value]) => value !== null));
  if (Buffer.byteLength(JSON.stringify(merged)) > BYTES_MAX)
    throw invalid('properties', 'would exceed 1 MiB in total: delete some with null');
  return merged;
}
