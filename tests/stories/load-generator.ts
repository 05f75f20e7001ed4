import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 15_000;
const TICK_MS = 10;
const WINDOW_S = 5;

export interface Answer {
  /** 0 = no reply within 15 s. */
  status: number;
  tookMs: number;
  retryAfter: string | undefined;
  actionId: string | undefined;
}

/** Sends the n-th request, and resolves with its result. */
export type Send = (index: number) => Promise<Answer>;

interface Posting {
  url: string;
  /** Used in turn. */
  tokens: readonly string[];
  body: object;
}

/** Posts the same body repeatedly, over as many keep-alive connections as there are concurrent requests. */
export function createPoster({ url, tokens, body }: Posting): Send {
  const agent = new Agent({ keepAlive: true });
  const bytes = JSON.stringify(body);
  const ask = async (index: number, signal: AbortSignal): Promise<Omit<Answer, 'tookMs'>> => {
    const headers = { authorization: `Bearer ${tokens[index % tokens.length]}`, 'content-type': 'application/json' };
    const asked = request(url, { method: 'POST', agent, headers, signal }).end(bytes);
    try {
      const [reply] = (await once(asked, 'response')) as [IncomingMessage];
      let text = '';
      for await (const part of reply.setEncoding('utf8')) text += part as string;
      const actionId = /"action_id":"(\w+)"/.exec(text)?.[1];
      return { status: reply.statusCode ?? 0, retryAfter: reply.headers['retry-after'], actionId };
    } catch (error) {
      if (wasClosedBefore(asked, error)) return ask(index, signal);
      return { status: 0, retryAfter: undefined, actionId: undefined };
    }
  };
  return async (index) => {
    const sentAt = performance.now();
    const answer = await ask(index, AbortSignal.timeout(PATIENCE_MS));
    return { ...answer, tookMs: performance.now() - sentAt };
  };
}

/** The server closed an idle connection while the request was on its way: not a reply to that request. */
const wasClosedBefore = ({ reusedSocket }: ClientRequest, error: unknown): boolean =>
  reusedSocket && ['ECONNRESET', 'EPIPE'].includes(String((error as { code?: unknown }).code));

/** A closed loop: each of the callers sends its next request when it has its reply. */
export async function runClosedLoop(send: Send, callers: number, seconds: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const endsAt = performance.now() + seconds * 1_000;
  let sent = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < endsAt) answers.push(await send(sent++));
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return answers;
}

/**
 * An open loop: requests leave by the clock, at a rate that is asked for each time, whatever became of the earlier
 * ones.
 */
export async function runOpenLoop<T>(
  send: (index: number) => Promise<T>,
  perSecond: () => number,
  seconds: number,
): Promise<T[]> {
  const answers: Promise<T>[] = [];
  let at = performance.now();
  const endsAt = at + seconds * 1_000;
  for (let due = 0; at < endsAt; await sleep(TICK_MS)) {
    const now = performance.now();
    due += (perSecond() * (now - at)) / 1_000;
    at = now;
    while (answers.length < due) answers.push(send(answers.length));
  }
  return Promise.all(answers);
}

/** Twice what it sustains, and twice what it accepts now, in case the machine has become faster since. */
export function atDoubleRate(send: Send, sustained: number): { send: Send; perSecond: () => number } {
  const acceptedAt: number[] = [];
  let most = sustained;
  return {
    send: async (index) => {
      const answer = await send(index);
      if (answer.status === 200) acceptedAt.push(performance.now());
      return answer;
    },
    perSecond: () => {
      const since = performance.now() - WINDOW_S * 1_000;
      while (acceptedAt[0] !== undefined && acceptedAt[0] < since) acceptedAt.shift();
      most = Math.max(most, acceptedAt.length / WINDOW_S);
      return 2 * most;
    },
  };
}
