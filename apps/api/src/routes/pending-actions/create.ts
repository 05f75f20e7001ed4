import { createPendingActionBody, pendingAction, type CreatePendingActionBody } from '@proviso/contracts';
import { authorizeProposing, createPendingAction, type PendingProposal } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { presentPendingAction } from '../../present-pending-action.ts';
import { withDialectFields } from './fields.ts';

export const createPendingActionRoute = defineRoute({
  method: 'post',
  path: '/api/pending-actions',
  operationId: 'createPendingAction',
  summary: 'Record a call that waits for a person',
  description:
    'It always waits for a person, whatever the agent’s settings say. The service renders the preview of a built-in type. Needs `actions:write`.',
  tag: 'Pending actions',
  body: createPendingActionBody,
  reply: pendingAction,
  status: 201,
  workspace: async ({ body }) => createPendingActionBody.parse(await body()).workspaceId,
  authorize: (ctx) => authorizeProposing(ctx),
  handle: async ({ ctx, body }) => {
    const proposal = proposalOf(createPendingActionBody.parse(body));
    const created = await withDialectFields('toolInput', () => createPendingAction(ctx, proposal));
    return presentPendingAction(ctx.executors, created);
  },
});

const proposalOf = (body: CreatePendingActionBody): PendingProposal => ({
  type: body.toolName,
  params: body.toolInput,
  identity_id: body.identityId,
  scheduled_time: body.scheduledTime,
  expires_at: body.expiresAt,
  run_id: body.runId,
  mission_id: body.missionId,
  session_id: body.sessionId,
  metadata: body.metadata,
  preview: body.preview,
});
