import { refused, retry, type Outcome } from '@proviso/core/executor';
import { wordsOf, type HttpAnswer } from './answer.ts';

/** What is known of the last request: whether it may have been let go, and the answer that arrived. */
export interface Heard {
  sent(): boolean;
  answer(): HttpAnswer | undefined;
}

export type Failed = Exclude<Outcome, { kind: 'done' }>;

/** When a provider says "too many" and not until when. */
const SLOW_DOWN_MS = 30_000;

/** Too many requests: nothing was done, and the provider's own wish counts. */
export const slowDown = (provider: string, line: Heard): Failed =>
  retry(withWords(`${provider} asks to slow down`, line.answer()), {
    undone: true,
    afterMs: line.answer()?.retryAfterMs ?? SLOW_DOWN_MS,
  }) as Failed;

/**
 * What a request that did not succeed means: the one place for every provider behind HTTP. The status of an answer that
 * arrived decides, whatever its body is; without one, whether the request was let go does.
 */
export function failureOf(provider: string, line: Heard): Failed {
  const answer = line.answer();
  if (!answer) return noAnswer(provider, line);
  const { status, ok, retryAfterMs: afterMs } = answer;
  const says = withWords(`${provider} ${isRefusal(status) ? `refused it (${status})` : `answered ${status}`}`, answer);
  if (ok)
    return {
      kind: 'retry',
      message: `${says} The response cannot be read, and the effect may have happened.`,
      undone: false,
    };
  if (status === 429) return slowDown(provider, line);
  // Not looked at yet, by its definition.
  if (status === 425) return { kind: 'retry', message: says, undone: true };
  if (isAmbiguous(status)) return retry(says, { undone: false, ...(afterMs !== undefined && { afterMs }) }) as Failed;
  if (status === 401 || status === 403) return refused(`${says} Check the credentials and what they allow.`) as Failed;
  if (status < 400) return refused(`${says} Redirects are not followed: set the address that it points to.`) as Failed;
  return refused(says) as Failed;
}

/**
 * It may have been done: a failure on the provider, time that ran out there or in a proxy, a result that is elsewhere.
 */
const isAmbiguous = (status: number): boolean => status >= 500 || status === 408 || status === 303 || status < 200;

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 425;

/** No answer: whether the request was let go decides what is known. */
const noAnswer = (provider: string, line: Heard): Failed => ({
  kind: 'retry',
  ...(line.sent()
    ? { message: `${provider} did not answer; it may have accepted the request.`, undone: false }
    : { message: `${provider} cannot be reached.`, undone: true, unavailable: true }),
});

/** What the failure of a question means, where nothing has been done yet: whatever it was, it may be asked again. */
export const asked = (outcome: Outcome): Outcome =>
  outcome.kind === 'retry' ? { ...outcome, undone: true, unavailable: true } : outcome;

function withWords(what: string, answer: HttpAnswer | undefined): string {
  const words = answer && wordsOf(answer);
  if (!words) return `${what}.`;
  return /[.!?…]$/.test(words) ? `${what}: ${words}` : `${what}: ${words}.`;
}
