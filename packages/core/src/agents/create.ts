import { createAgentBody, type Agent } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { assertSettings, identityOf } from './settings.ts';
import { presentAgent } from './present.ts';

/** Adds an agent. Its proposals all wait for a person unless an admin decides otherwise. */
export async function createAgent(ctx: Context, input: unknown): Promise<Agent> {
  authorizeConfiguration(ctx, 'agents:write');
  const body = createAgentBody.parse(input);
  await assertSettings(ctx, body);
  const identity_id = (await identityOf(ctx, body.identity_id)) ?? null;
  const { name, description = null, enabled = true, approval = 'always', auto_approve_types = [] } = body;
  const settings = { enabled, approval, auto_approve_types };
  const data = { id: newId(), workspace_id: ctx.caller.workspaceId, name, description, identity_id, ...settings };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) =>
    presentAgent(await tx.tables.agents.create({ data })),
  );
}
