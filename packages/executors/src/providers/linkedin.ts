import { linkedinConfig, linkedinCredentials, type JsonValue } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { openUnipile, textOf } from '../linkedin/unipile.ts';
import type { ExecutorSettings } from '../settings.ts';

export const linkedin = (settings: ExecutorSettings = {}): ProviderKind =>
  defineProvider({
    provider: 'linkedin',
    config: linkedinConfig,
    credentials: linkedinCredentials,
    // LinkedIn locks accounts that send more than about a hundred invitations a week, however they are sent.
    pacing: { perHour: 5, perDay: 20, perWeek: 80 },
    verify: async ({ config, credentials, signal }) => {
      if (config.mode !== 'unipile') return { ok: true, account: 'a person, by hand' };
      if (!credentials) return { ok: false, message: 'The identity has no token.' };
      const unipile = openUnipile(config, credentials.token, { signal, settings });
      const answer = await unipile.ask(`accounts/${config.account_id}`);
      if (!answer.ok) return { ok: false, message: answer.outcome.message };
      const { type, name, sources } = answer.body;
      if (type !== 'LINKEDIN') return { ok: false, message: 'The account at Unipile is not a LinkedIn account.' };
      if (isCutOff(sources))
        return { ok: false, message: 'Unipile is no longer logged in to the account: reconnect it there.' };
      return { ok: true, account: textOf(name).slice(0, 200) };
    },
  });

/** Unipile's states for an account whose password changed, or that was stopped. */
const CUT_OFF = ['CREDENTIALS', 'STOPPED', 'ERROR', 'PERMISSIONS', 'DELETED'];

function isCutOff(sources: JsonValue | undefined): boolean {
  const states = Array.isArray(sources) ? sources.map((source) => (source as { status?: unknown } | null)?.status) : [];
  return states.length > 0 && states.every((status) => CUT_OFF.includes(String(status)));
}
