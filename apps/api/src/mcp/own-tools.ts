// The gateway's own tools, for clients without tasks. They touch only what the agent itself has called.
import { cancelAction, formatId, listActions, type ActionRow } from '@proviso/core';
import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { resultOf, stateText } from './action-result.ts';
import type { McpSession } from './session.ts';
import { getOwnCall } from './tasks.ts';
import { tellWhenDelivered, waitForEnd } from './wait.ts';

const LISTED = 20;
const OPEN = 'pending_approval,scheduled,approved,auto_approved,running';

const byId = z.strictObject({ action_id: z.string().max(64) });
const listing = z.strictObject({ open_only: z.boolean().default(true), cursor: z.string().max(1_000).optional() });

interface OwnTool {
  tool: Tool;
  call: (session: McpSession, given: unknown) => Promise<CallToolResult>;
}

const schemaOf = (schema: z.ZodType): Tool['inputSchema'] => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { ...rest, type: 'object' } as Tool['inputSchema'];
};

export const OWN_TOOLS: readonly OwnTool[] = [
  {
    tool: {
      name: 'proviso_cancel_action',
      description: 'Withdraws a call of yours that waits for a person or has not begun. Nothing happens then.',
      inputSchema: schemaOf(byId),
    },
    call: async ({ ctx }, given) => {
      const row = await getOwnCall(ctx, byId.parse(given).action_id);
      return resultOf(await cancelAction({ ...ctx, via: 'mcp' }, row.id, {}));
    },
  },
  {
    tool: {
      name: 'proviso_get_action',
      description: 'What became of a call of yours that waits for a person. Waits a while for its end.',
      inputSchema: schemaOf(byId),
      annotations: { readOnlyHint: true },
    },
    call: async (session, given) => {
      const row = await getOwnCall(session.ctx, byId.parse(given).action_id);
      const now = await waitForEnd(session, row);
      tellWhenDelivered(session, now);
      return resultOf(now);
    },
  },
  {
    tool: {
      name: 'proviso_list_actions',
      description: 'Your calls that wait for a person or run, newest first. open_only: false lists ended ones, too.',
      inputSchema: schemaOf(listing),
      annotations: { readOnlyHint: true },
    },
    call: async ({ ctx, gateway }, given) => {
      const { open_only, cursor } = listing.parse(given);
      const { actions, nextCursor } = await listActions(ctx, {
        agent_id: gateway.agentId,
        type: 'mcp_tool_call',
        limit: String(LISTED),
        ...(open_only && { status: OPEN }),
        ...(cursor !== undefined && { cursor }),
      });
      const listed = { actions: actions.map(summaryOf), next_cursor: nextCursor ?? null };
      return { content: [{ type: 'text', text: JSON.stringify(listed) }], structuredContent: listed };
    },
  },
];

const summaryOf = (row: ActionRow) => ({
  action_id: formatId('action', row.id),
  status: row.status,
  state: stateText(row),
  created_at: row.created_at.toISOString(),
});
