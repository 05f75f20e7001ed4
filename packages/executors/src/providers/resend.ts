import { resendConfig, resendCredentials } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { openResend } from '../resend/client.ts';
import type { ExecutorSettings } from '../settings.ts';
import { shownText } from '../shown-text.ts';

export const resend = (settings: ExecutorSettings): ProviderKind =>
  defineProvider({
    provider: 'resend',
    config: resendConfig,
    credentials: resendCredentials,
    pacing: { perSecond: 2 },
    verify: async ({ credentials, signal }) => {
      const account = openResend({ ...credentials }, signal, settings);
      if (!account) return { ok: false, message: 'There is no API key.' };
      try {
        const { data, error } = await account.client.domains.list();
        if (data) return { ok: true, account: data.data.map(({ name }) => name).join(', ') || 'no domains yet' };
        // A key that may only send is told so, and a wrong one is not.
        if (error.name === 'restricted_api_key') return { ok: true, account: 'a key that may only send' };
        return { ok: false, message: `Resend refused it: ${shownText(error.message, [account.apiKey])}` };
      } catch {
        return { ok: false, message: 'Resend did not answer.' };
      }
    },
  });
