import type { JsonObject, JsonValue, LinkedinConfig } from '@proviso/contracts';
import { objectIn } from '../http/answer.ts';
import { trackRequests } from '../http/request-tracker.ts';
import { failureOf, type Failed } from '../http/outcome.ts';
import type { ExecutorSettings } from '../settings.ts';

export type UnipileConfig = Extract<LinkedinConfig, { mode: 'unipile' }>;

type Answer = { ok: true; body: JsonObject } | { ok: false; outcome: Failed };

/** One account at Unipile, for one run. */
export interface Unipile {
  account: string;
  /** Sends one request. Never throws: a failure is returned as its outcome. */
  ask(path: string, more?: { query?: Record<string, string>; body?: JsonObject }): Promise<Answer>;
}

export function openUnipile(
  { dsn, account_id: account }: UnipileConfig,
  token: string,
  { signal, settings }: { signal: AbortSignal; settings: ExecutorSettings },
): Unipile {
  const trusted = settings.baseUrls?.linkedin;
  const tracker = trackRequests({ signal, settings, trusted, credentials: { token } });
  const base = trusted ?? `https://${dsn}`;
  return {
    account,
    async ask(path, { query = {}, body } = {}) {
      const sent = {
        method: body ? 'POST' : 'GET',
        headers: {
          'x-api-key': token,
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      };
      const address = `${base}/api/v1/${path}?${new URLSearchParams(query).toString()}`;
      const answer = await tracker.ask(address, sent).catch(() => undefined);
      const isRead = answer?.ok === true && answer.body !== undefined;
      return isRead ? { ok: true, body: objectIn(answer) } : { ok: false, outcome: failureOf('Unipile', tracker) };
    },
  };
}

export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
