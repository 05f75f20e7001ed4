import { createToolBody, createdToolReply } from '@proviso/contracts';
import { authorizeConfiguration, createTool } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createToolRoute = defineRoute({
  method: 'post',
  path: '/v1/tools',
  operationId: 'createTool',
  summary: 'Register a tool or a new version of it; the signing secret is shown once',
  description:
    'The name becomes an action type of the workspace. A known name creates a new version with the same secret. Only the first reply contains the secret. Needs `workspace:admin`. No agent’s key.',
  tag: 'Tools',
  body: createToolBody,
  reply: createdToolReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await createTool(ctx, body)) }),
});
