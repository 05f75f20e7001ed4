import { refused, retry, type Outcome } from '@proviso/core/executor';
import { wordsOf, type HttpAnswer } from './answer.ts';

/** The state of the last request: whether it may have been sent, and the answer that arrived. */
export interface RequestState {
  sent(): boolean;
  answer(): HttpAnswer | undefined;
}

export type Failed = Exclude<Outcome, { kind: 'done' }>;

/** For a provider that says "too many" but not until when. */
const SLOW_DOWN_MS = 30_000;

/** Too many requests: nothing was done, and the provider's own wish counts. */
export const rateLimited = (provider: string, tracker: RequestState): Failed =>
  retry(withWords(`${provider} asks to slow down`, tracker.answer()), {
    undone: true,
    afterMs: tracker.answer()?.retryAfterMs ?? SLOW_DOWN_MS,
  }) as Failed;

/**
 * The outcome of a request that did not succeed, for every provider behind HTTP. If an answer arrived, its status
 * decides, whatever its body is; otherwise it depends on whether the request was sent.
 */
export function failureOf(provider: string, tracker: RequestState): Failed {
  const answer = tracker.answer();
  if (!answer) return noAnswer(provider, tracker);
  const { status, ok, retryAfterMs: afterMs } = answer;
  const says = withWords(`${provider} ${isRefusal(status) ? `refused it (${status})` : `answered ${status}`}`, answer);
  if (ok)
    return {
      kind: 'retry',
      message: `${says} The response cannot be read, and the effect may have happened.`,
      undone: false,
    };
  if (status === 429) return rateLimited(provider, tracker);
  // By definition, the server has not processed the request.
  if (status === 425) return { kind: 'retry', message: says, undone: true };
  if (isAmbiguous(status)) return retry(says, { undone: false, ...(afterMs !== undefined && { afterMs }) }) as Failed;
  if (status === 401 || status === 403) return refused(`${says} Check the credentials and what they allow.`) as Failed;
  if (status < 400) return refused(`${says} Redirects are not followed: set the address that it points to.`) as Failed;
  return refused(says) as Failed;
}

/** It may have been done: the provider failed, time ran out there or in a proxy, or the result is elsewhere. */
const isAmbiguous = (status: number): boolean => status >= 500 || status === 408 || status === 303 || status < 200;

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 425;

/** Without an answer, the outcome depends on whether the request was sent. */
const noAnswer = (provider: string, tracker: RequestState): Failed => ({
  kind: 'retry',
  ...(tracker.sent()
    ? { message: `${provider} did not answer; it may have accepted the request.`, undone: false }
    : { message: `${provider} cannot be reached.`, undone: true, unavailable: true }),
});

/** The outcome if the failed request was only a look-up: nothing was done, so it may be tried again. */
export const afterLookUp = (outcome: Outcome): Outcome =>
  outcome.kind === 'retry' ? { ...outcome, undone: true, unavailable: true } : outcome;

function withWords(what: string, answer: HttpAnswer | undefined): string {
  const words = answer && wordsOf(answer);
  if (!words) return `${what}.`;
  return /[.!?…]$/.test(words) ? `${what}: ${words}` : `${what}: ${words}.`;
}
