import { z } from 'zod';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export const JSON_DEPTH_MAX = 32;

const text = (value: string): boolean => !value.includes('\u0000') && value.isWellFormed();

/** Why a value cannot be stored and hashed unchanged; undefined = it can. Depth counts from 1. */
export function jsonFault(value: unknown, depth = 1): string | undefined {
  if (typeof value === 'string') return text(value) ? undefined : 'contains NUL or a lone surrogate';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'is not a finite number';
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'is an integer beyond ±2^53' : undefined;
  }
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value !== 'object') return `is not JSON (${typeof value})`;
  if (depth > JSON_DEPTH_MAX) return `is nested deeper than ${JSON_DEPTH_MAX}`;
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') return 'has a key named __proto__';
    const fault = text(key) ? jsonFault(child, depth + 1) : 'has a key with NUL or a lone surrogate';
    if (fault) return fault;
  }
  return undefined;
}

/** A string that PostgreSQL and RFC 8785 both keep unchanged: no NUL, no lone surrogate. */
export const plainText = (charsMax: number): z.ZodString =>
  z.string().max(charsMax).refine(text, { error: 'contains NUL or a lone surrogate' });

/** Any JSON value; `jsonFault` checks its content. */
export const jsonValue = z.unknown() as unknown as z.ZodType<JsonValue, JsonValue>;

/** Any JSON object, kept unchanged: the case of its keys is never converted. */
export const jsonObject = z.record(z.string(), jsonValue).superRefine((value, check) => {
  const fault = jsonFault(value);
  if (fault) check.addIssue({ code: 'custom', message: fault });
});
