import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import type { JsonValue } from '@proviso/contracts';

/** SHA-256, hex, of the canonical JSON (RFC 8785) of a value that passed `jsonFault`. */
export const hashJson = (value: JsonValue): string => createHash('sha256').update(canonicalize(value)).digest('hex');

/** Whether two JSON values say the same, whatever the order of their keys. */
export const sameJson = (one: unknown, other: unknown): boolean => canonicalize(one) === canonicalize(other);
