import { createWorkspaceBody, workspaceReply } from '@proviso/contracts';
import { authorizePeople, createWorkspace } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createWorkspaceRoute = defineRoute({
  method: 'post',
  path: '/v1/workspaces',
  operationId: 'createWorkspace',
  summary: 'Create a workspace',
  description: 'You become its owner. Needs a personal credential with `workspace:admin`.',
  tag: 'Access',
  body: createWorkspaceBody,
  reply: workspaceReply,
  status: 201,
  fails: ['INVALID_STATE'],
  authorize: authorizePeople,
  handle: async ({ ctx, body }) => ({ status: 'success', workspace: await createWorkspace(ctx, body) }),
});
