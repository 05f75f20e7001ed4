import { mcpConfig, mcpCredentials } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { urlFault } from '../egress/address.ts';
import type { ExecutorSettings } from '../settings.ts';

/** How many omitted tools are named. */
const NAMED_MAX = 5;

export const mcp = (settings: ExecutorSettings = {}): ProviderKind =>
  defineProvider({
    provider: 'mcp',
    config: mcpConfig.superRefine(({ url, server }, check) => {
      const fault = url !== undefined && URL.canParse(url) ? urlFault(new URL(url), settings) : undefined;
      if (fault !== undefined) check.addIssue({ code: 'custom', path: ['url'], message: fault });
      if (server !== undefined && !settings.mcpServers?.[server])
        check.addIssue({
          code: 'custom',
          path: ['server'],
          message: 'is not a server that the operator has configured',
        });
    }),
    credentials: mcpCredentials,
    verify: async ({ config, credentials, signal }) => {
      const { inSession, LoginRefused } = await import('../mcp/session.ts');
      try {
        return await inSession({ config, credentials, settings, signal }, async (session) => {
          const tools = await session.listTools();
          const odd = [...session.invalidTools().keys()];
          const parts = [session.server?.name ?? 'a server without a name', `${tools.length} tools`];
          if (odd.length > 0)
            parts.push(`skipped, because their definitions are invalid: ${odd.slice(0, NAMED_MAX).join(', ')}`);
          return { ok: true, account: parts.join(', ') };
        });
      } catch (error) {
        if (error instanceof LoginRefused) return { ok: false, message: `${error.message.replace('the', 'The')}.` };
        return { ok: false, message: 'The server did not answer like an MCP server.' };
      }
    },
  });
