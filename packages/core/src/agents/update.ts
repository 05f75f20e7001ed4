import { updateAgentBody, type Agent } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { PAUSE_LOCK } from '../pauses/pause.ts';
import { getAgentInWorkspace } from './get.ts';
import { lockAgent } from './lock.ts';
import { assertSettings, identityOf } from './settings.ts';
import { presentAgent } from './present.ts';

/** Changes an agent. A disabled agent cannot propose, and none of its actions start after this returns. */
export async function updateAgent(ctx: Context, id: string, input: unknown): Promise<Agent> {
  authorizeConfiguration(ctx, 'agents:write');
  const body = updateAgentBody.parse(input);
  await assertSettings(ctx, body);
  const seen = await getAgentInWorkspace(ctx, id);
  const identity_id = await identityOf(ctx, body.identity_id);
  const { name, description, enabled, approval, auto_approve_types } = body;
  const data = {
    ...(name && { name }),
    ...(description !== undefined && { description }),
    ...(identity_id !== undefined && { identity_id }),
    ...(enabled !== undefined && { enabled }),
    ...(approval && { approval }),
    ...(auto_approve_types && { auto_approve_types }),
  };
  return ctx.db.transaction(async (tx) => {
    if (enabled === false) await tx.query(PAUSE_LOCK, {});
    await lockAgent(tx, ctx, seen.id);
    return presentAgent(await tx.tables.agents.update({ where: { id: seen.id }, data }));
  });
}
