import { toolSchemaReply } from '@proviso/contracts';
import { authorize, getToolSchema } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getToolSchemaRoute = defineRoute({
  method: 'get',
  path: '/v1/tools/{name}/input-schema',
  operationId: 'getToolSchema',
  summary: 'Get the schema of a tool’s params',
  description: 'What a form for editing the params of its actions is drawn from.',
  tag: 'Tools',
  reply: toolSchemaReply,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, path }) => ({ status: 'success', input_schema: await getToolSchema(ctx, path.name ?? '') }),
});
