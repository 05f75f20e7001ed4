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

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform((url) => url.replace(/\/+$/, ''))
  .optional();

/** The variables of the providers, the same for api and worker. */
export const EXECUTOR_ENVIRONMENT = {
  PROVISO_ALLOW_PRIVATE_ADDRESSES: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((text) => text === 'true' || text === '1'),
  /** Hosts, addresses and CIDR ranges, separated by commas. */
  PROVISO_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .default('')
    .transform((text, check) => {
      const read = readAllowedHosts(text);
      if (typeof read !== 'string') return read;
      check.addIssue(`has ${JSON.stringify(read)}, which is neither a host name, an address nor a CIDR range`);
      return z.NEVER;
    }),
  PROVISO_SLACK_URL: baseUrl,
  PROVISO_HUBSPOT_URL: baseUrl,
  PROVISO_RESEND_URL: baseUrl,
  PROVISO_LINKEDIN_URL: baseUrl,
  /** The file of programs that `mcp` identities may use. */
  PROVISO_MCP_SERVERS: z.string().optional(),
  /** Separated by commas. */
  PROVISO_EXECUTORS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
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
