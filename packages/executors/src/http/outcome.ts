import { refused, retry, type Outcome } from '@proviso/core/executor';
import type { Line } from './line.ts';

/** When a provider says "too many" and not until when. */
const SLOW_DOWN_MS = 30_000;

/** Too many requests: nothing was done, and the provider's own wish counts. */
export const slowDown = (provider: string, line: Line): Outcome =>
  retry(`${provider} asks to slow down.`, { undone: true, afterMs: line.retryAfterMs() ?? SLOW_DOWN_MS });

/** No answer, or none that can be read: whether the request was let go decides what is known. */
export const noAnswer = (provider: string, line: Line): Outcome =>
  line.sent()
    ? retry(`${provider} did not answer; it may have taken the request.`, { undone: false })
    : retry(`${provider} cannot be reached.`, { undone: true });

/** What an answer with an error status means. `says` is shown to people: no secret in it. */
export function statusOutcome(provider: string, line: Line, says: string): Outcome {
  const status = line.status() ?? 0;
  if (status === 429) return slowDown(provider, line);
  if (status >= 400 && status < 500) return refused(`${provider} refused it: ${says}`);
  return retry(`${provider} failed with ${status}: ${says}`, { undone: false });
}
