// Fields that several schemas share.
import { z } from 'zod';
import { jsonObject, plainText } from './json.ts';

const COMMENT_CHARS_MAX = 5000;
const PARAMS_BYTES_MAX = 256 * 1024;

export const ok = z.literal('success').describe('Always `success`: errors have a different body.');
export const reference = plainText(255).min(1);
export const paramsHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
/** `card_digest`: what was shown, as opposed to what will run. */
export const cardDigest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
export const comment = plainText(COMMENT_CHARS_MAX);
export const params = jsonObject.refine(
  (value) => new TextEncoder().encode(JSON.stringify(value)).length <= PARAMS_BYTES_MAX,
  `must not exceed ${PARAMS_BYTES_MAX / 1024} KiB`,
);

/** A whole number in a query string: digits only, not everything that JavaScript accepts as a number. */
export const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z
    .string()
    .regex(/^-?\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    .default(fallback)
    .meta({ type: 'integer', minimum, maximum, description: `${fallback} by default.` });

/** A hold is for second thoughts; a later start needs scheduled_time. */
const HOLD_SECONDS_MAX = 600;
/** How long an approval can be recalled before anything starts. */
export const holdSeconds = z
  .int()
  .min(0)
  .max(HOLD_SECONDS_MAX)
  .describe(
    'Start no earlier than this many seconds after the approval, so that it can be recalled. 0 by default; for a session, the workspace’s setting.',
  );
