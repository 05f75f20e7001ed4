import { slackConfig, slackCredentials } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { failureOf } from '../http/outcome.ts';
import type { ExecutorSettings } from '../settings.ts';
import { openSlack } from '../slack/client.ts';
import { codeOf, explain } from '../slack/errors.ts';

export const slack = (settings: ExecutorSettings): ProviderKind =>
  defineProvider({
    provider: 'slack',
    config: slackConfig,
    credentials: slackCredentials,
    // A single channel accepts one message a second.
    pacing: { perSecond: 1 },
    verify: async ({ credentials, signal }) => {
      const opened = await openSlack(credentials, signal, settings);
      if (!opened) return { ok: false, message: 'The identity has no token.' };
      try {
        const { user = '?', team = '?', response_metadata } = await opened.client.auth.test();
        if (!mayPost(response_metadata?.scopes)) return { ok: false, message: 'The token lacks the scope chat:write.' };
        return { ok: true, account: `${user} in ${team}` };
      } catch (error) {
        const code = codeOf(error);
        return {
          ok: false,
          message: code ? `Slack refused it: ${explain(code)}.` : failureOf('Slack', opened.tracker).message,
        };
      }
    },
  });

/**
 * Slack lists a token's scopes with each answer; without the list, nothing is known. Older tokens have coarser scopes.
 */
const mayPost = (scopes: readonly string[] | undefined): boolean =>
  scopes?.some((scope) => scope.startsWith('chat:write') || ['bot', 'client', 'post'].includes(scope)) ?? true;
