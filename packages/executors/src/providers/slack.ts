import { slackConfig, slackCredentials } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import type { ExecutorSettings } from '../settings.ts';
import { openSlack } from '../slack/client.ts';
import { codeOf, explain } from '../slack/errors.ts';

export const slack = (settings: ExecutorSettings): ProviderKind =>
  defineProvider({
    provider: 'slack',
    config: slackConfig,
    credentials: slackCredentials,
    // One message a second is what a single channel takes.
    pacing: { perSecond: 1 },
    verify: async ({ credentials, signal }) => {
      const opened = openSlack(credentials, signal, settings);
      if (!opened) return { ok: false, message: 'There is no token.' };
      try {
        const { user = '?', team = '?' } = await opened.client.auth.test();
        return { ok: true, account: `${user} in ${team}` };
      } catch (error) {
        const code = codeOf(error);
        return { ok: false, message: code ? `Slack refused it: ${explain(code)}.` : 'Slack did not answer.' };
      }
    },
  });
