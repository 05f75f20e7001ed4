import { hubspotConfig, hubspotCredentials } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { openHubspot, type Hubspot } from '../hubspot/client.ts';
import type { ExecutorSettings } from '../settings.ts';

export const hubspot = (settings: ExecutorSettings): ProviderKind =>
  defineProvider({
    provider: 'hubspot',
    config: hubspotConfig,
    credentials: hubspotCredentials,
    // An action makes up to three requests, and a portal accepts a hundred in ten seconds.
    pacing: { perSecond: 3 },
    verify: async ({ credentials, signal }) => {
      const opened = openHubspot({ ...credentials }, signal, settings);
      if (!opened) return { ok: false, message: 'The identity has no token.' };
      const answer = await opened.ask('GET', '/account-info/v3/details');
      if (!answer.ok) return { ok: false, message: answer.outcome.message };
      if (!(await mayWrite(opened, credentials?.access_token ?? '')))
        return { ok: false, message: `The token lacks the scopes ${WRITES.join(' and ')}.` };
      const { portalId, uiDomain } = answer.body as { portalId?: number; uiDomain?: string };
      return { ok: true, account: `portal ${portalId ?? '?'} at ${uiDomain ?? 'HubSpot'}` };
    },
  });

const WRITES = ['crm.objects.contacts.write', 'crm.objects.companies.write'];

/** A private app's token shows its scopes; with another token, or without an answer, nothing is known. */
async function mayWrite(opened: Hubspot, token: string): Promise<boolean> {
  if (!token.startsWith('pat-')) return true;
  const answer = await opened.ask('POST', '/oauth/v2/private-apps/get/access-token-info', { tokenKey: token });
  const scopes = answer.ok ? answer.body.scopes : undefined;
  return !Array.isArray(scopes) || WRITES.some((scope) => scopes.includes(scope));
}
