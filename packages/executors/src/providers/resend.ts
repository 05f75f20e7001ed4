import { resendConfig, resendCredentials, wireAddress, type ResendConfig } from '@proviso/contracts';
import { defineProvider, type ProviderKind, type Verification } from '@proviso/core/executor';
import type { ListDomainsResponseSuccess } from 'resend';
import { mailbox, refuseSenders } from '../email/addresses.ts';
import { openResend } from '../resend/client.ts';
import type { ExecutorSettings } from '../settings.ts';
import { failureOf } from '../http/outcome.ts';

export const resend = (settings: ExecutorSettings): ProviderKind =>
  defineProvider({
    provider: 'resend',
    config: resendConfig.superRefine((config, check) => {
      refuseSenders(config, check);
      for (const [index, allowed] of (config.from_allowed ?? []).entries()) {
        const isOne = wireAddress(allowed.startsWith('@') ? `x${allowed}` : allowed) !== undefined;
        const message = 'must be an address, or a domain such as @example.com';
        if (!isOne) check.addIssue({ code: 'custom', path: ['from_allowed', index], message });
      }
    }),
    credentials: resendCredentials,
    pacing: { perSecond: 2 },
    verify: async ({ config, credentials, signal }) => {
      const account = openResend({ ...credentials }, signal, settings);
      if (!account) return { ok: false, message: 'The identity has no API key.' };
      try {
        const { data, error } = await account.client.domains.list();
        if (data) return verificationOf(data, config);
        // A key that may only send gets this error; an invalid one gets another.
        if (error.name === 'restricted_api_key') return { ok: true, account: 'a key that may only send' };
        return { ok: false, message: failureOf('Resend', account.tracker).message };
      } catch {
        return { ok: false, message: 'Resend did not answer.' };
      }
    },
  });

const UNVERIFIED = ['not_started', 'pending', 'failed'];

/** Resend accepts mail from an account's verified domains, and for tests from its own. */
function verificationOf({ data, has_more }: ListDomainsResponseSuccess, { from }: ResendConfig): Verification {
  const sender = mailbox(from)?.address;
  if (!sender) return { ok: false, message: 'The config’s from must be one address.' };
  const domain = sender.slice(sender.lastIndexOf('@') + 1).toLowerCase();
  const sends = data.some(({ name, status }) => name.toLowerCase() === domain && !UNVERIFIED.includes(status));
  if (!sends && !has_more && domain !== 'resend.dev')
    return { ok: false, message: `${domain}, the domain of from, is not verified at Resend.` };
  return { ok: true, account: data.map(({ name }) => name).join(', ') || 'no domains yet' };
}
