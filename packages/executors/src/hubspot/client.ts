import { hubspotConfig, hubspotCredentials, type HubspotConfig, type JsonObject } from '@proviso/contracts';
import { retry, type Outcome } from '@proviso/core/executor';
import { openLine } from '../http/line.ts';
import { noAnswer, statusOutcome } from '../http/outcome.ts';
import type { ExecutorSettings } from '../settings.ts';
import { shownText } from '../shown-text.ts';

export type Answer = { ok: true; body: JsonObject } | { ok: false; outcome: Exclude<Outcome, { kind: 'done' }> };

export interface Hubspot {
  /** Asks once; says what a failure means, and throws nothing. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: JsonObject): Promise<Answer>;
}

/**
 * HubSpot's API by fetch: the official client cannot be stopped once it asks, and does not say whether a request had
 * left when it failed. Null = no valid token.
 */
export function openHubspot(
  credentials: JsonObject | null,
  signal: AbortSignal,
  settings: ExecutorSettings,
): Hubspot | null {
  const { data } = hubspotCredentials.safeParse(credentials);
  if (!data) return null;
  const token = data.access_token;
  const trusted = settings.baseUrls?.hubspot;
  const line = openLine({ signal, settings, trusted });
  const base = trusted ?? 'https://api.hubapi.com';
  const failed = (outcome: Outcome): Answer => ({ ok: false, outcome: outcome as Exclude<Outcome, { kind: 'done' }> });
  return {
    async ask(method, path, body) {
      try {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const answer = await line.fetch(`${base}${path}`, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        });
        if (answer.ok) return { ok: true, body: (await answer.json()) as JsonObject };
        // Another write of the same record at the same moment.
        if (answer.status === 409) return failed(retry('HubSpot is busy with this record.', { undone: true }));
        const { message = '', category = '' } = (await answer.json().catch(() => ({}))) as Record<string, string>;
        return failed(statusOutcome('HubSpot', line, shownText(`${category} ${message}`, [token]) || 'no explanation'));
      } catch {
        return failed(noAnswer('HubSpot', line));
      }
    },
  };
}

export const hubspotConfigOf = (config: JsonObject | undefined): HubspotConfig =>
  hubspotConfig.safeParse(config).data ?? {};
