import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry } from './demo-timeline.ts';

export interface ShownAction {
  status?: string;
  status_reason?: string | null;
  error?: { message: string } | null;
  logs?: LogEntry[];
}

interface Answer {
  code: number;
  body: { action_id?: string; action?: ShownAction; code?: string; [field: string]: unknown };
}

export interface Client {
  get: (path: string) => Promise<Answer>;
  post: (path: string, body: object) => Promise<Answer>;
}

const timeoutMs = 10_000;

export function client(url: string, key?: string): Client {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const send = async (path: string, request: RequestInit): Promise<Answer> => {
    const headers = { ...authorization, 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { ...request, headers, signal: AbortSignal.timeout(timeoutMs) });
    const body = (await response.json().catch(() => ({}))) as Answer['body'];
    return { code: response.status, body };
  };
  return {
    get: (path) => send(path, { method: 'GET' }),
    post: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) }),
  };
}

/** Waits until the action reaches `status`. Throws when it ends in another status, or takes longer than ten seconds. */
export async function untilStatus(reader: Client, id: string, status: string): Promise<ShownAction> {
  let action: ShownAction = {};
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(50)) {
    action = (await reader.get(`/v1/actions/${id}`)).body.action ?? {};
    if (action.status === status) return action;
    if (['failed', 'rejected', 'cancelled'].includes(action.status ?? '')) break;
  }
  const why = action.error?.message ?? action.status_reason ?? 'no reason given';
  throw new Error(
    `Unexpected: ${id} should be "${status}" within ${timeoutMs / 1000} s, but is "${action.status}" (${why}).`,
  );
}
