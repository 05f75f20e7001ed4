import { z } from 'zod';

/**
 * RFC 3339 with an offset, years 1970–9999; read as UTC with milliseconds, which is how it is shown. PostgreSQL knows
 * no offset of 16 hours or more and rounds where JavaScript cuts, so it never sees the text as it came.
 */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((text) => {
    const year = new Date(text).getUTCFullYear();
    return year >= 1970 && year <= 9999;
  }, 'is not a time between the years 1970 and 9999')
  .meta({ description: 'RFC 3339 with an offset.' })
  .transform((text) => new Date(text).toISOString());

/** A day, or a time as above; a day is its midnight in UTC. */
export const dayOrInstant = z
  .union([z.iso.date().transform((day) => `${day}T00:00:00Z`), z.string()])
  .pipe(instant)
  .meta({ description: 'RFC 3339 with an offset, or a day.' });
