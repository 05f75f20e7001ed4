import { hubspotConfig, hubspotCredentials, type HubspotConfig, type JsonObject } from '@proviso/contracts';
import { objectIn, type HttpAnswer } from '../http/answer.ts';
import { trackRequests } from '../http/request-tracker.ts';
import { failureOf, type Failed } from '../http/outcome.ts';
import type { ExecutorSettings } from '../settings.ts';

export type Answer = { ok: true; body: JsonObject; said: HttpAnswer } | { ok: false; outcome: Failed };

export interface Hubspot {
  /** Calls once; returns what a failure means, and throws nothing. */
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
  const line = trackRequests({ signal, settings, trusted, credentials: data });
  const base = trusted ?? 'https://api.hubapi.com';
  return {
    async ask(method, path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const said = await line.ask(`${base}${path}`, sent).catch(() => undefined);
      if (said?.ok && said.body !== undefined) return { ok: true, body: objectIn(said), said };
      const outcome = failureOf('HubSpot', line);
      // Often another write of the same record at the same moment: nothing was done, and it may fit a moment later.
      if (said?.status === 409) return { ok: false, outcome: { ...outcome, kind: 'retry', undone: true } };
      return { ok: false, outcome };
    },
  };
}

export const hubspotConfigOf = (config: JsonObject | undefined): HubspotConfig =>
  hubspotConfig.safeParse(config).data ?? {};
