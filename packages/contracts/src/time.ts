import { z } from 'zod';

const FORM =
  /^(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const WITHOUT_OFFSET = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?(\.\d+)?$/;

/**
 * Returns milliseconds since 1970, or the fault as a string. A leap second (:60) becomes the first of the next minute,
 * as in PostgreSQL.
 */
function read(text: string): number | string {
  const [, day, minute, second = '', fraction = '', offset = ''] = FORM.exec(text) ?? [];
  if (!day) return faultOf(text);
  const leap = second === '60';
  const at = Date.parse(`${day}T${minute}:${leap ? '59' : second}${fraction.slice(0, 4)}${offset.toUpperCase()}`);
  const isReal = !Number.isNaN(at) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  if (!isReal) return 'is not a valid date and time';
  const ms = leap ? Math.floor(at / 1000) * 1000 + 1000 : at;
  const year = new Date(ms).getUTCFullYear();
  return year >= 1970 && year <= 9999 ? ms : 'must be between the years 1970 and 9999';
}

function faultOf(text: string): string {
  if (DAY.test(text)) return 'needs a time of day and an offset, as in 2026-01-02T09:00:00Z';
  if (WITHOUT_OFFSET.test(text)) return 'needs an offset: add Z or an offset such as +02:00';
  return 'must be an RFC 3339 time with an offset, as in 2026-01-02T09:00:00Z or 2026-01-02T09:00:00+02:00';
}

/**
 * RFC 3339 (section 5.6) with an offset, years 1970–9999, converted to UTC with milliseconds as replies have it.
 * PostgreSQL refuses offsets of 16 hours or more, and rounds where JavaScript truncates, so it never gets the original
 * text.
 */
export const instant = z
  .string()
  .max(64)
  .transform((text, check) => {
    const at = read(text);
    if (typeof at === 'number') return new Date(at).toISOString();
    check.addIssue({ code: 'custom', message: at, input: text });
    return z.NEVER;
  })
  .meta({ format: 'date-time', description: 'RFC 3339 with an offset.' });

/** A date, or a time as above. A date means its midnight in UTC. */
export const dayOrInstant = z
  .string()
  .transform((text) => (DAY.test(text) ? `${text}T00:00:00Z` : text))
  .pipe(instant)
  .meta({ description: 'RFC 3339 with an offset, or a date.' });

/** A time in replies: in UTC, with milliseconds. */
export const utcTimestamp = z.string().meta({ format: 'date-time' });
