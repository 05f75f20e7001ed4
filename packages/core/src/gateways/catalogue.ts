// A listing writes what the server says, and never what a person decided. Held by apps/api/test/gateways.test.ts.
import type { Actor, JsonObject } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import type { McpConnection, McpTool } from '../executors/mcp-connector.ts';
import { openCredentials } from '../identities/open-credentials.ts';
import { hashJson } from '../platform/canonical.ts';
import { assertNoTransaction, type Queryable } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import { statement } from '../platform/statement.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import type { GatewayRow, GatewayServer } from './present.ts';

const LIST_MS_MAX = 15_000;
/** How long to wait after the signal for a connection that ignores it. */
const ABORT_GRACE_MS = 2_000;
const NAMED_MAX = 5;

type Server = Pick<GatewayServer, 'gateway_id' | 'identity_id' | 'workspace_id' | 'identity'>;

interface ServerUse {
  server: Server;
  limitMs: number;
  /** The agent's next request through this gateway may use the same connection. */
  agentId?: string;
}

/** Connects to a server behind a gateway in bounded time. Throws AppError. */
export async function withServer<T>(
  services: Services,
  { server, limitMs, agentId }: ServerUse,
  work: (connection: McpConnection) => Promise<T>,
): Promise<T> {
  const { identity, identity_id } = server;
  if (identity.deleted_at || identity.status === 'disabled')
    throw new AppError('UNAVAILABLE', 'The identity of this MCP server is disabled. Ask an admin to enable it.');
  const { mcp } = services.executors;
  if (!mcp) throw new AppError('UNAVAILABLE', 'This instance cannot connect to MCP servers.');
  assertNoTransaction('An MCP server');
  const credentials = await openCredentials(services, identity_id);
  const signal = AbortSignal.timeout(limitMs);
  const sharedBy = agentId && `${server.workspace_id}:${server.gateway_id}:${identity_id}:${agentId}`;
  const account = { config: identity.config as JsonObject, credentials, signal, ...(sharedBy && { sharedBy }) };
  const working = mcp.connect(account, work);
  const late = new AppError('UNAVAILABLE', `The MCP server did not answer within ${Math.ceil(limitMs / 1000)} s.`);
  return withTimeout<T | typeof late>(working, limitMs + ABORT_GRACE_MS, () => late).then(
    (result) => {
      if (result === late) throw late;
      return result as T;
    },
    (error: unknown) => {
      throw signal.aborted ? late : error;
    },
  );
}

/** What a listing found: the tools, or why there is none. */
export interface Listing {
  identity_id: string;
  tools?: McpTool[];
  failure: string | null;
}

/** Asks each server for its tools, all at once. Throws nothing because of a server. */
export const listServers = (services: Services, servers: readonly Server[]): Promise<Listing[]> =>
  Promise.all(
    servers.map(async (server): Promise<Listing> => {
      const { identity_id } = server;
      try {
        const { tools, omitted } = await withServer(services, { server, limitMs: LIST_MS_MAX }, (one) =>
          one.listTools(),
        );
        return { identity_id, tools, failure: failureOf(omitted) };
      } catch (error) {
        if (!(error instanceof AppError)) services.log.error({ err: error, identity: identity_id }, 'a listing threw');
        const failure = error instanceof AppError ? error.message : 'The tools could not be listed.';
        return { identity_id, failure };
      }
    }),
  );

function failureOf(omitted: readonly string[]): string | null {
  if (omitted.length === 0) return null;
  const more = omitted.length > NAMED_MAX ? ` and ${omitted.length - NAMED_MAX} more` : '';
  const names = omitted.slice(0, NAMED_MAX).map((name) => name.slice(0, 64));
  return `Left out, because their definitions are invalid or too large: ${names.join(', ')}${more}.`;
}

interface StoreParams {
  gateway: string;
  identity: string;
  workspace: string;
  /** As JSON. */
  tools: string;
  /** Who has seen them, as JSON: only for the first listing. */
  reviewer: string | null;
}

/** The first listing on a person's behalf counts as reviewed: they chose the server as it is. */
const STORE = statement<StoreParams>(
  'gateway_store_tools',
  `
    with server as (
      select gateway_id, identity_id, listed_at from gateway_servers
      where gateway_id = :gateway::uuid and identity_id = :identity::uuid for update
    ), found as (
      select server.listed_at is null and :reviewer::jsonb is not null as adopted, t.*
      from server, jsonb_to_recordset(:tools::jsonb)
        as t (name text, definition jsonb, definition_hash text, semantics jsonb, semantics_hash text)
    ), stored as (
      insert into gateway_tools as g (
        gateway_id, identity_id, name, workspace_id, definition, definition_hash, semantics, semantics_hash,
        reviewed_definition, reviewed_semantics_hash, reviewed_by, reviewed_at)
      select :gateway::uuid, :identity::uuid, name, :workspace::uuid, definition, definition_hash, semantics,
        semantics_hash, case when adopted then definition end, case when adopted then semantics_hash end,
        case when adopted then :reviewer::jsonb end, case when adopted then clock_timestamp() end
      from found
      on conflict (gateway_id, identity_id, name) do update set
        definition = excluded.definition, definition_hash = excluded.definition_hash,
        semantics = excluded.semantics, semantics_hash = excluded.semantics_hash,
        removed_at = null, updated_at = clock_timestamp()
      where g.definition_hash <> excluded.definition_hash or g.removed_at is not null
      returning 1
    ), removed as (
      update gateway_tools g set removed_at = clock_timestamp(), updated_at = clock_timestamp()
      from server
      where g.gateway_id = server.gateway_id and g.identity_id = server.identity_id and g.removed_at is null
        and not exists (select from found where found.name = g.name)
      returning 1
    )
    update gateway_servers s set listed_at = clock_timestamp(), failure = null
    from server where s.gateway_id = server.gateway_id and s.identity_id = server.identity_id`,
);

const FAILURE = statement<{ gateway: string; identity: string; failure: string | null }>(
  'gateway_store_failure',
  `
    update gateway_servers set failure = :failure
    where gateway_id = :gateway::uuid and identity_id = :identity::uuid`,
);

/** Stores what the servers listed. A server that could not be asked keeps its catalogue. */
export async function storeListings(
  db: Queryable,
  { id, workspace_id }: Pick<GatewayRow, 'id' | 'workspace_id'>,
  listings: readonly Listing[],
  reviewer: Actor | null,
): Promise<void> {
  for (const { identity_id: identity, tools, failure } of listings) {
    if (tools) {
      const rows = tools.map(({ name, definition, semantics }) => ({
        name,
        definition,
        definition_hash: hashJson(definition),
        semantics,
        semantics_hash: hashJson(semantics),
      }));
      const by = reviewer && JSON.stringify(reviewer);
      const params = { gateway: id, identity, workspace: workspace_id, tools: JSON.stringify(rows), reviewer: by };
      await db.query(STORE, params);
    }
    if (failure !== null) await db.query(FAILURE, { gateway: id, identity, failure });
  }
}
