// A call that comes again, as after a broken stream, is the same action while that is open, and until the agent has got
// its result. The generation is part of the Idempotency-Key, so two requests at once create one action. Held by
// apps/api/test/gateway-calls.test.ts.
import type { JsonObject } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import type { ActionRow } from '../action/row.ts';
import type { gateway_tools } from '../generated/client.ts';
import { hashJson } from '../platform/canonical.ts';
import { AppError } from '../platform/errors.ts';
import { formatId, newId } from '../platform/ids.ts';
import { statement } from '../platform/statement.ts';
import { createAction } from '../review/create.ts';
import { getActionInWorkspace } from '../review/get.ts';
import type { AgentGateway } from './open-for-agent.ts';

interface CallParams {
  id: string;
  workspace: string;
  gateway: string;
  agent: string;
  callHash: string;
}

interface CallRow {
  id: string;
  generation: number;
  action_id: string | null;
  /** The action is open, or has ended recently without the agent knowing. */
  is_same: boolean;
}

const FIND = statement<CallParams, CallRow>(
  'gateway_find_call',
  `
    insert into gateway_calls as c (id, workspace_id, gateway_id, agent_id, call_hash)
    values (:id::uuid, :workspace::uuid, :gateway::uuid, :agent::uuid, :callHash)
    on conflict (gateway_id, agent_id, call_hash) do update set updated_at = clock_timestamp()
    returning c.id, c.generation, c.action_id, exists (
      select from actions a where a.id = c.action_id and (a.completed_at is null
        or (c.told_at is null and a.completed_at > clock_timestamp() - interval '1 hour'))
    ) as is_same`,
);

const BIND = statement<{ id: string; workspace: string; generation: number; action: string }>(
  'gateway_bind_call',
  `
    update gateway_calls set action_id = :action::uuid, updated_at = clock_timestamp()
    where id = :id::uuid and workspace_id = :workspace::uuid and generation = :generation::int and action_id is null`,
);

const NEXT = statement<{ id: string; workspace: string; generation: number }>(
  'gateway_next_call',
  `
    update gateway_calls set generation = generation + 1, action_id = null, told_at = null, updated_at = clock_timestamp()
    where id = :id::uuid and workspace_id = :workspace::uuid and generation = :generation::int`,
);

const TELL = statement<{ action: string; workspace: string }>(
  'gateway_tell_result',
  `
    update gateway_calls set told_at = clock_timestamp(), updated_at = clock_timestamp()
    where action_id = :action::uuid and workspace_id = :workspace::uuid and told_at is null`,
);

/** Several requests that end and repeat the same call at once follow one another. */
const TURNS_MAX = 5;

interface ProposedCall {
  row: gateway_tools;
  given: JsonObject;
  callKey: string | null;
}

/** The action of this call: a new one, or the one that the same call has already created. */
export async function proposeCall(ctx: Context, gateway: AgentGateway, call: ProposedCall): Promise<ActionRow> {
  const { identity_id, name } = call.row;
  const callHash = hashJson([identity_id, name, call.given, call.callKey]);
  const { id: gatewayId, workspace_id: workspace, agentId: agent } = gateway;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const params = { id: newId(), workspace, gateway: gatewayId, agent, callHash };
    const [found] = await ctx.db.query(FIND, params);
    if (!found) throw new Error('an upsert returned no row');
    const { id, generation, action_id } = found;
    if (action_id && found.is_same) return getActionInWorkspace(ctx, action_id);
    if (action_id) {
      await ctx.db.query(NEXT, { id, workspace, generation });
      continue;
    }
    const key = `gateway-call:${id}:${generation}`;
    const idempotency = { key, tokenId: agent, workspaceId: workspace, requestHash: callHash, replayed: false };
    const body = {
      type: 'mcp_tool_call',
      identity_id: formatId('identity', identity_id),
      params: { tool: name, arguments: call.given },
      metadata: { gateway_id: formatId('gateway', gatewayId), gateway: gateway.name.slice(0, 200) },
    };
    const action = await createAction({ ...ctx, via: 'mcp', idempotency }, body);
    await ctx.db.query(BIND, { id, workspace, generation, action: action.id });
    return idempotency.replayed ? getActionInWorkspace(ctx, action.id) : action;
  }
  throw new AppError('UNAVAILABLE', 'The same call is being made many times at once. Try again shortly.');
}

/** Notes that the agent has got the result of an ended action: the same call again is a new one. */
export async function tellResult({ db }: Pick<Context, 'db'>, row: ActionRow): Promise<void> {
  if (row.completed_at) await db.query(TELL, { action: row.id, workspace: row.workspace_id });
}
