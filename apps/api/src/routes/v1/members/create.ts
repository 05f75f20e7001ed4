import { createMemberBody, memberReply } from '@proviso/contracts';
import { authorizeConfiguration, createMember } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createMemberRoute = defineRoute({
  method: 'post',
  path: '/v1/members',
  operationId: 'createMember',
  summary: 'Add a person to the workspace',
  tag: 'Access',
  body: createMemberBody,
  reply: memberReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', member: await createMember(ctx, body) }),
});
