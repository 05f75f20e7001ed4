// What a gateway denies, an agent cannot propose directly either. Held by apps/api/test/gateway-calls.test.ts.
import type { Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { statement } from '../platform/statement.ts';

interface DeniedParams {
  workspace: string;
  identity: string;
  agent: string;
  tool: string;
}

/**
 * An agent with gateways at this server is denied what none of them offers. For any other agent, one gateway that denies
 * the tool is enough.
 */
const FIND_DENIED = statement<DeniedParams, { denied: boolean }>(
  'gateway_find_denied',
  `
    with here as (
      select coalesce(t.access = 'denied', false) as is_denied, exists (
        select from gateway_agents a where a.gateway_id = s.gateway_id and a.agent_id = :agent::uuid
      ) as is_own
      from gateway_servers s
      left join gateway_tools t on t.gateway_id = s.gateway_id and t.identity_id = s.identity_id and t.name = :tool
      where s.identity_id = :identity::uuid and s.workspace_id = :workspace::uuid
    )
    select coalesce(bool_and(is_denied) filter (where is_own), bool_or(is_denied), false) as denied from here`,
);

/** Throws FORBIDDEN if a person denied this tool of an MCP server to the agent that proposes it. */
export async function assertToolNotDenied({ db, caller }: Context, identity: string, tool: unknown): Promise<void> {
  if (!caller.agent || typeof tool !== 'string') return;
  const params = { workspace: caller.workspaceId, identity, agent: caller.agent.id, tool };
  const [found] = await db.query(FIND_DENIED, params);
  if (found?.denied)
    throw new AppError('FORBIDDEN', 'This tool is denied to agents in a gateway. Ask an admin to allow it there.');
}
