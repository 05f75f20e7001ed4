import { z } from 'zod';
import { actor } from './access.ts';
import { pagination } from './actions.ts';
import { ok } from './fields.ts';
import { idOrUuid, prefixedId } from './ids.ts';
import { jsonObject, plainText } from './json.ts';
import { strictFields } from './optional.ts';
import { paginationReply } from './records.ts';
import { utcTimestamp } from './time.ts';

const SERVERS_MAX = 20;
const AGENTS_MAX = 100;
const REVIEWS_MAX = 500;

const name = plainText(255).min(1);

export const TOOL_ACCESS = ['read', 'write', 'denied'] as const;
export type ToolAccess = (typeof TOOL_ACCESS)[number];
const toolAccess = z.enum(TOOL_ACCESS).meta({
  id: 'ToolAccess',
  description:
    'What agents may do with a tool: a `read` is passed through, a `write` waits for a person, and one that is `denied` is not offered.',
});

const prefix = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits and hyphens, and begin with a letter');

const server = strictFields({
  identity_id: idOrUuid('identity').describe('The `mcp` identity: the server and its credentials.'),
  prefix: prefix
    .optional()
    .describe('Before the names of its tools, as in `github__create_issue`. Required for each of several servers.'),
});

const servers = z
  .array(server)
  .min(1)
  .max(SERVERS_MAX)
  .refine(
    (list) => list.length === 1 || list.every((one) => one.prefix !== undefined),
    'must give each of several servers a prefix',
  )
  .refine((list) => new Set(list.map((one) => one.prefix)).size === list.length, 'gives two servers the same prefix');

const agentIds = z
  .array(idOrUuid('agent'))
  .max(AGENTS_MAX)
  .refine((list) => new Set(list).size === list.length, 'lists an agent twice');

export const createGatewayBody = strictFields({
  name: name.describe('For people.'),
  servers: servers.describe('The MCP servers behind it.'),
  agent_ids: agentIds.describe('The agents that may use it.'),
}).meta({
  id: 'CreateGateway',
  description: 'An MCP endpoint that puts servers behind the gate.',
  examples: [
    {
      name: 'GitHub',
      servers: [{ identity_id: 'id_01h455vb4pex5vsknk084sn02q' }],
      agent_ids: ['agt_01h455vb4pex5vsknk084sn02q'],
    },
  ],
});
export type CreateGatewayBody = z.output<typeof createGatewayBody>;

export const updateGatewayBody = z
  .strictObject({
    name: name.optional().describe('For people.'),
    servers: servers
      .optional()
      .describe('All servers behind it. One that is left out is removed, with what was decided about its tools.'),
    agent_ids: agentIds.optional().describe('All agents that may use it.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateGateway', description: 'What to change about a gateway.', examples: [{ name: 'Issues' }] });

const gatewayServer = z.object({
  identity_id: prefixedId('identity').describe('The `mcp` identity.'),
  identity_name: z.string().describe('Its name.'),
  prefix: z.string().nullable().describe('Before the names of its tools; null = none.'),
  listed_at: utcTimestamp.nullable().describe('When it last listed its tools; null = never.'),
  failure: z.string().nullable().describe('Why it could not list them; null = it could.'),
});

export const gateway = z
  .object({
    gateway_id: prefixedId('gateway').describe('Its id. Agents connect to `/mcp/{gateway_id}`.'),
    name: z.string().describe('For people.'),
    servers: z.array(gatewayServer).describe('The MCP servers behind it.'),
    agent_ids: z.array(prefixedId('agent')).describe('The agents that may use it.'),
    created_at: utcTimestamp.describe('When it was added.'),
    updated_at: utcTimestamp.describe('When it last changed.'),
  })
  .meta({ id: 'Gateway', description: 'An MCP endpoint that puts servers behind the gate.' });
export type Gateway = z.output<typeof gateway>;
export const gatewayReply = z.object({ status: ok, gateway: gateway.describe('The gateway as it is now.') });
export const listGatewaysReply = z.object({
  status: ok,
  gateways: z.array(gateway).describe('The page.'),
  pagination: paginationReply.describe('The position of the page.'),
});

export const TOOL_CHANGES = ['new', 'changed', 'reworded', 'removed'] as const;
const toolChange = z.enum(TOOL_CHANGES).meta({
  id: 'ToolChange',
  description:
    'How a tool differs from what a person reviewed. `new` and `changed` tools are writes and agents get none of their words; for a `reworded` one they get the reviewed words; a `removed` one is not offered.',
});

const definitionHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');

/** A tool of the catalogue. */
export const gatewayTool = z
  .object({
    identity_id: prefixedId('identity').describe('The server’s identity.'),
    name: z.string().describe('The name at the server.'),
    offered_as: z.string().describe('The name that agents see.'),
    access: toolAccess.describe('What a person decided; `write` until then.'),
    effective_access: toolAccess.describe('What holds now: a `new` or `changed` tool is never a read.'),
    suggested_access: toolAccess.describe('What the server’s own annotations suggest. They may be false.'),
    change: toolChange.nullable().describe('How it differs from what was reviewed; null = it does not.'),
    definition: jsonObject.describe('The tool as its server last listed it, in the server’s own words.'),
    definition_hash: definitionHash.describe('Identifies the definition. A review names it.'),
    reviewed_definition: jsonObject.nullable().describe('The definition that was reviewed; null = none.'),
    reviewed_by: actor.nullable().describe('Who reviewed it; null = nobody.'),
    reviewed_at: utcTimestamp.nullable().describe('When it was reviewed; null = never.'),
  })
  .meta({ id: 'GatewayTool', description: 'A tool of a server behind a gateway, and what a person decided about it.' });
export type GatewayTool = z.output<typeof gatewayTool>;
export const listGatewayToolsReply = z.object({
  status: ok,
  tools: z.array(gatewayTool).describe('The page, by server and name.'),
  pagination: pagination.describe('The position of the page.'),
});

export const reviewGatewayToolsBody = strictFields({
  tools: z
    .array(
      strictFields({
        identity_id: idOrUuid('identity').describe('The server’s identity.'),
        name: z.string().min(1).max(128).describe('The name at the server.'),
        definition_hash: definitionHash.describe('Of the definition that you saw. Another one is refused (409).'),
        access: toolAccess.describe('What agents may do with it.'),
      }),
    )
    .min(1)
    .max(REVIEWS_MAX)
    .refine(
      (list) => new Set(list.map((one) => `${one.identity_id} ${one.name}`)).size === list.length,
      'lists a tool twice',
    )
    .describe('The decisions: all are stored, or none.'),
}).meta({
  id: 'ReviewGatewayTools',
  description: 'What agents may do with tools of a gateway.',
  examples: [
    {
      tools: [
        {
          identity_id: 'id_01h455vb4pex5vsknk084sn02q',
          name: 'charge',
          definition_hash: '8abdcdd05e2762d3175fbc2c651cc54c12e177e588f2ebeacc9e567e1c736185',
          access: 'write',
        },
      ],
    },
  ],
});
export const reviewGatewayToolsReply = z.object({
  status: ok,
  tools: z.array(gatewayTool).describe('The tools as they are now.'),
});

export const READ_OUTCOMES = ['done', 'tool_error', 'failed'] as const;
const readOutcome = z.enum(READ_OUTCOMES).meta({
  id: 'ReadOutcome',
  description:
    'How a read ended: `done`, `tool_error` where the tool itself reports an error, or `failed` where there is no answer.',
});

export const gatewayRead = z
  .object({
    agent_id: prefixedId('agent').describe('The agent that read.'),
    identity_id: prefixedId('identity').describe('The server’s identity.'),
    method: z.string().describe('The method of the protocol: `tools/call`, `resources/read` or `prompts/get`.'),
    name: z.string().describe('The tool, the resource or the prompt, as the server names it.'),
    arguments_hash: z.string().describe('SHA-256 of the canonical arguments. The arguments are not stored.'),
    outcome: readOutcome.describe('How it ended.'),
    message: z.string().nullable().describe('Why it failed; null = it did not.'),
    duration_ms: z.int().describe('How long the server took.'),
    created_at: utcTimestamp.describe('When it ended.'),
  })
  .meta({ id: 'GatewayRead', description: 'A read that an agent made through a gateway.' });
export type GatewayRead = z.output<typeof gatewayRead>;
export const listGatewayReadsReply = z.object({
  status: ok,
  reads: z.array(gatewayRead).describe('The page, newest first.'),
  pagination: pagination.describe('The position of the page.'),
});
