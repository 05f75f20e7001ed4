import { z } from 'zod';
import { readAllowedHosts, type AllowedHosts } from './egress/address.ts';
import { readMcpServers, type McpServers } from './mcp/servers.ts';

/** The operator's settings for providers; each app reads them from the environment. */
export interface ExecutorSettings {
  /** The address of a provider's HTTP API instead of the provider's own: a proxy, or a test server. */
  baseUrls?: Partial<Record<'slack' | 'hubspot' | 'resend' | 'linkedin', string>>;
  /** Allows private, loopback and link-local addresses, for development and tests. */
  allowPrivateAddresses?: boolean;
  /** Private hosts that may be reached, such as an internal mail relay. */
  allowedPrivateHosts?: AllowedHosts;
  /** Programs that `mcp` identities may use. */
  mcpServers?: McpServers;
}

/** The same, and the modules that add executors (load.ts). */
export type ProviderSettings = ExecutorSettings & { modules: string[] };

const baseUrl = (provider: string, absent: string) =>
  z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({
      description: `the address of ${provider}'s HTTP API: a proxy or a test server, which may be private`,
      absent,
    });

/** The variables of the providers, the same for api and worker. */
export const EXECUTOR_ENVIRONMENT = {
  PROVISO_ALLOW_PRIVATE_ADDRESSES: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((text) => text === 'true' || text === '1')
    .meta({
      description:
        'allows private, loopback and link-local addresses for every provider, mail server, MCP server and tool, and `http://` on this machine for tools and MCP servers; for development',
    }),
  PROVISO_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .default('')
    .transform((text, check) => {
      const read = readAllowedHosts(text);
      if (typeof read !== 'string') return read;
      check.addIssue(`has ${JSON.stringify(read)}, which is neither a host name, an address nor a CIDR range`);
      return z.NEVER;
    })
    .meta({
      description:
        'private hosts, addresses and CIDR ranges that are allowed, separated by commas, such as an internal mail relay: `relay.corp.example,10.1.2.0/24`. Every workspace can use them, on any port. Tools and MCP servers there still need `https://`',
    }),
  PROVISO_SLACK_URL: baseUrl('Slack', '`https://slack.com/api`'),
  PROVISO_HUBSPOT_URL: baseUrl('HubSpot', '`https://api.hubapi.com`'),
  PROVISO_RESEND_URL: baseUrl('Resend', '`https://api.resend.com`'),
  PROVISO_LINKEDIN_URL: baseUrl('Unipile', 'the DSN of the identity'),
  PROVISO_MCP_SERVERS: z
    .string()
    .optional()
    .describe(
      'a JSON file of programs that `mcp` identities can use: `{ "mcpServers": { name: { command, args?, env?, cwd? } } }`',
    ),
  PROVISO_EXECUTORS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .meta({
      description:
        'modules with more types, separated by commas: paths from the working directory, or packages; see [executors.md](executors.md)',
    }),
};

/**
 * The part of a process's configuration that comes from `EXECUTOR_ENVIRONMENT`. Throws on an invalid file of MCP
 * servers.
 */
export function executorSettings(env: z.output<z.ZodObject<typeof EXECUTOR_ENVIRONMENT>>): ProviderSettings {
  const urls = {
    slack: env.PROVISO_SLACK_URL,
    hubspot: env.PROVISO_HUBSPOT_URL,
    resend: env.PROVISO_RESEND_URL,
    linkedin: env.PROVISO_LINKEDIN_URL,
  };
  const baseUrls = Object.fromEntries(Object.entries(urls).filter(([, url]) => url !== undefined));
  return {
    baseUrls,
    allowPrivateAddresses: env.PROVISO_ALLOW_PRIVATE_ADDRESSES,
    allowedPrivateHosts: env.PROVISO_ALLOWED_PRIVATE_HOSTS,
    mcpServers: readMcpServers(env.PROVISO_MCP_SERVERS),
    modules: env.PROVISO_EXECUTORS,
  };
}
