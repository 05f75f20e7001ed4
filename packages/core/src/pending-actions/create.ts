import { createPendingActionBody, type CreatePendingActionBody } from '@proviso/contracts';
import { authorizeProposing, draftRow, recordProposal, type DraftRow } from '../actions/create.ts';
import type { ActionRow } from '../actions/row.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { executorOf } from '../execution/find-executor.ts';
import { readableAgentPreview } from '../preview/readable-preview.ts';
import { demandPlace, withoutReserved } from '../tools/reserved-fields.ts';
import { chooseIdentity } from './choose-identity.ts';
import { namingFields } from './name-fields.ts';

/** Records a call that waits for a person, whatever the agent's settings. */
export async function createPendingAction(ctx: Context, input: unknown): Promise<ActionRow> {
  authorizeProposing(ctx);
  const body = createPendingActionBody.parse(input);
  return namingFields('toolInput', () => recordProposal(ctx, () => draft(ctx, body)));
}

/** A built-in type is rendered by its executor; a workspace's tool may come with a preview of its own. */
async function draft(ctx: Context, body: CreatePendingActionBody): Promise<DraftRow> {
  const executor = await executorOf(ctx, body.toolName);
  demandPlace('toolInput', body.toolInput, body);
  if (body.preview && !executor.tool) throw invalid('preview', `is rendered by the service for ${body.toolName}`);
  const row = await draftRow(ctx, {
    type: body.toolName,
    params: executor.tool ? body.toolInput : withoutReserved(body.toolInput),
    identity_id: body.identityId ?? (await chooseIdentity(ctx, executor, body.runId)),
    require_approval: true,
    scheduled_time: body.scheduledTime,
    expires_at: body.expiresAt,
    run_id: body.runId,
    mission_id: body.missionId,
    session_id: body.sessionId,
    metadata: body.metadata,
  });
  return { ...row, agent_preview: body.preview ? readableAgentPreview(body.preview) : null };
}
