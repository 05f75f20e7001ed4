import { hubspotConfig, hubspotCredentials } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { openHubspot } from '../hubspot/client.ts';
import type { ExecutorSettings } from '../settings.ts';

export const hubspot = (settings: ExecutorSettings): ProviderKind =>
  defineProvider({
    provider: 'hubspot',
    config: hubspotConfig,
    credentials: hubspotCredentials,
    // An action makes up to three requests, and a portal takes a hundred in ten seconds.
    pacing: { perSecond: 3 },
    verify: async ({ credentials, signal }) => {
      const opened = openHubspot({ ...credentials }, signal, settings);
      if (!opened) return { ok: false, message: 'There is no token.' };
      const answer = await opened.ask('GET', '/account-info/v3/details');
      if (!answer.ok) return { ok: false, message: answer.outcome.message };
      const { portalId, uiDomain } = answer.body as { portalId?: number; uiDomain?: string };
      return { ok: true, account: `portal ${portalId ?? '?'} at ${uiDomain ?? 'HubSpot'}` };
    },
  });
