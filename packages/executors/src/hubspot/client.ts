import { hubspotConfig, hubspotCredentials, type HubspotConfig, type JsonObject } from '@proviso/contracts';
import { objectIn, type HttpAnswer } from '../http/answer.ts';
import { trackRequests } from '../http/request-tracker.ts';
import { failureOf, type Failed } from '../http/outcome.ts';
import type { ExecutorSettings } from '../settings.ts';

export type Answer = { ok: true; body: JsonObject; raw: HttpAnswer } | { ok: false; outcome: Failed };

export interface Hubspot {
  /** Sends one request. Never throws: a failure is returned as its outcome. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: JsonObject): Promise<Answer>;
}

/**
 * HubSpot's API by fetch: the official client cannot be aborted, and does not say whether a failed request was sent.
 * Null = no valid token.
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
  const tracker = trackRequests({ signal, settings, trusted, credentials: data });
  const base = trusted ?? 'https://api.hubapi.com';
  return {
    async ask(method, path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await tracker.ask(`${base}${path}`, sent).catch(() => undefined);
      if (answer?.ok && answer.body !== undefined) return { ok: true, body: objectIn(answer), raw: answer };
      const outcome = failureOf('HubSpot', tracker);
      // Often a concurrent write of the same record: nothing was done, and a retry may succeed.
      if (answer?.status === 409) return { ok: false, outcome: { ...outcome, kind: 'retry', undone: true } };
      return { ok: false, outcome };
    },
  };
}

export const hubspotConfigOf = (config: JsonObject | undefined): HubspotConfig =>
  hubspotConfig.safeParse(config).data ?? {};
