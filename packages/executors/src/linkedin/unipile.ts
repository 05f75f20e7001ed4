import type { JsonObject, JsonValue, LinkedinConfig } from '@proviso/contracts';
import { openLine, type Line } from '../http/line.ts';
import type { ExecutorSettings } from '../settings.ts';

export type UnipileConfig = Extract<LinkedinConfig, { mode: 'unipile' }>;

export interface Answer {
  ok: boolean;
  body: JsonObject;
}

/** One account at Unipile, for one run. `ask` throws when there was no answer that can be read. */
export interface Unipile {
  line: Line;
  account: string;
  ask(path: string, more?: { query?: Record<string, string>; body?: JsonObject }): Promise<Answer>;
  /** What an answer says for people: one line, without the token. */
  explain(answer: Answer): string;
}

export function openUnipile(
  { dsn, account_id: account }: UnipileConfig,
  token: string,
  { signal, settings }: { signal: AbortSignal; settings: ExecutorSettings },
): Unipile {
  const trusted = settings.baseUrls?.linkedin;
  const line = openLine({ signal, settings, trusted });
  const base = trusted ?? `https://${dsn}`;
  return {
    line,
    account,
    async ask(path, { query = {}, body } = {}) {
      const response = await line.fetch(`${base}/api/v1/${path}?${new URLSearchParams(query).toString()}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          'x-api-key': token,
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const said = (await response.json()) as JsonValue;
      return { ok: response.ok, body: isObject(said) ? said : {} };
    },
    explain: ({ body: { detail, title } }) =>
      textOf(detail ?? title ?? 'it does not say why')
        .replaceAll(token, '[hidden]')
        .replaceAll(/[\p{C}\s]+/gu, ' ')
        .trim()
        .slice(0, 300),
  };
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
