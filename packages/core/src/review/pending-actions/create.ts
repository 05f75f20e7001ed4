import type { JsonObject } from '@proviso/contracts';
import { authorizeProposing, draftRow, recordProposal, type DraftRow, type ProposalBody } from '../create.ts';
import type { ActionRow } from '../../action/row.ts';
import type { Context } from '../../access/context.ts';
import { invalid } from '../../platform/errors.ts';
import { executorOf } from '../../tools/find-executor.ts';
import { readableAgentPreview } from '../../preview/readable-preview.ts';
import { assertCallContext, withoutReserved } from '../../schema/reserved-fields.ts';
import { chooseIdentity } from './choose-identity.ts';

/** A proposal that always waits for a person. */
export interface PendingProposal extends Omit<ProposalBody, 'identity_id' | 'require_approval'> {
  /** Chosen if absent. */
  identity_id?: string | undefined;
  /** For a workspace's tool: what people see, in the agent's words. */
  preview?: JsonObject | undefined;
}

/** Records a proposal that waits for a person, whatever the agent's settings. */
export async function createPendingAction(ctx: Context, proposal: PendingProposal): Promise<ActionRow> {
  authorizeProposing(ctx);
  return recordProposal(ctx, () => draft(ctx, proposal));
}

/** The executor renders the preview of a built-in type; a proposal for a workspace's tool may bring its own. */
async function draft(ctx: Context, { preview, ...proposal }: PendingProposal): Promise<DraftRow> {
  const executor = await executorOf(ctx, proposal.type);
  const { params, mission_id: missionId, session_id: sessionId } = proposal;
  assertCallContext(params, { workspaceId: ctx.caller.workspaceId, missionId, sessionId });
  if (preview && !executor.tool) throw invalid('preview', `is rendered by the service for ${proposal.type}`);
  const row = await draftRow(ctx, {
    ...proposal,
    params: executor.tool ? params : withoutReserved(params),
    identity_id: proposal.identity_id ?? (await chooseIdentity(ctx, executor, proposal.run_id)),
    require_approval: true,
  });
  return { ...row, agent_preview: preview ? readableAgentPreview(preview) : null };
}
