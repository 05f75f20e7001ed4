// What agents see of a catalogue: only words that a person has reviewed. Held by apps/api/test/gateway-poison.test.ts.
import type { JsonObject } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import type { gateway_tools } from '../generated/client.ts';
import { statement } from '../platform/statement.ts';
import { listServers, storeListings } from './catalogue.ts';
import type { AgentGateway } from './open-for-agent.ts';
import { effectiveAccess, offeredName } from './present.ts';

/** The protocol's limit. */
const NAME_CHARS_MAX = 128;

export interface OfferedTool {
  name: string;
  title?: string;
  description?: string;
  inputSchema: JsonObject;
  /** Only of reads: a write is answered by the gate. */
  outputSchema?: JsonObject;
  access: 'read' | 'write';
}

/** A tool of a gateway by its name for agents. */
export interface FoundTool {
  row: gateway_tools;
  access: 'read' | 'write';
}

/** Which servers have not been asked for a minute; they count as asked from here on. */
const CLAIM_STALE = statement<{ gateway: string }, { identity_id: string }>(
  'gateway_claim_stale',
  `
    update gateway_servers set asked_at = clock_timestamp()
    where gateway_id = :gateway::uuid and (asked_at is null or asked_at < clock_timestamp() - interval '60 seconds')
    returning identity_id`,
);

/** The tools that an agent may call, by name. Asks the servers again if their lists are older than a minute. */
export async function listOfferedTools(ctx: Context, gateway: AgentGateway): Promise<OfferedTool[]> {
  const stale = await ctx.db.query(CLAIM_STALE, { gateway: gateway.id });
  const asked = new Set(stale.map(({ identity_id }) => identity_id));
  if (asked.size > 0) {
    const servers = gateway.servers.filter(({ identity_id }) => asked.has(identity_id));
    const listings = await listServers(ctx, servers);
    await ctx.db.transaction((tx) => storeListings(tx, gateway, listings, null));
  }
  const prefixes = new Map(gateway.servers.map(({ identity_id, prefix }) => [identity_id, prefix]));
  const rows = await ctx.db.tables.gateway_tools.findMany({ where: { gateway_id: gateway.id, removed_at: null } });
  return rows
    .flatMap((row) => {
      const name = offeredName(prefixes.get(row.identity_id) ?? '', row.name);
      const access = effectiveAccess(row);
      return access === 'denied' || name.length > NAME_CHARS_MAX ? [] : [{ name, ...wordsOf(row, access), access }];
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

interface Definition {
  title?: string;
  description?: string;
  input_schema?: JsonObject;
  output_schema?: JsonObject;
}

const UNREVIEWED =
  'Its description is withheld until a person has reviewed it, because its server added or changed it.';

/** A definition that nobody has reviewed may hold instructions to the model: agents get its structure alone. */
function wordsOf(row: gateway_tools, access: 'read' | 'write') {
  const reviewed = row.semantics_hash === row.reviewed_semantics_hash ? (row.reviewed_definition as Definition) : null;
  if (!reviewed) {
    const { input_schema } = row.semantics as Definition;
    return { description: UNREVIEWED, inputSchema: objectSchema(input_schema) };
  }
  const { title, description, input_schema, output_schema } = reviewed;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    inputSchema: objectSchema(input_schema),
    ...(access === 'read' && output_schema && { outputSchema: output_schema }),
  };
}

const objectSchema = (schema: JsonObject = {}): JsonObject => ({ ...schema, type: 'object' });

/** The tool that agents call by this name; undefined = there is none that they may call. */
export async function findOfferedTool(
  { db }: Pick<Context, 'db'>,
  { id: gateway_id, servers }: AgentGateway,
  name: string,
): Promise<FoundTool | undefined> {
  for (const { identity_id, prefix } of servers) {
    const start = offeredName(prefix, '');
    if (!name.startsWith(start) || name.length > NAME_CHARS_MAX) continue;
    const key = { gateway_id, identity_id, name: name.slice(start.length) };
    const row = await db.tables.gateway_tools.findUnique({ where: { gateway_id_identity_id_name: key } });
    if (!row || row.removed_at) continue;
    const access = effectiveAccess(row);
    return access === 'denied' ? undefined : { row, access };
  }
  return undefined;
}
