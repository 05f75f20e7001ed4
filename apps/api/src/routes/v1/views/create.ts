import { createViewBody, viewReply } from '@proviso/contracts';
import { authorizeReviewing, createView } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createViewRoute = defineRoute({
  method: 'post',
  path: '/v1/views',
  operationId: 'createView',
  summary: 'Save filters of the list as a view',
  description:
    'For yourself, or with `shared` for every member who may decide. At most 50 for one person. It ends with your membership. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  body: createViewBody,
  reply: viewReply,
  status: 201,
  authorize: authorizeReviewing,
  handle: async ({ ctx, body }) => ({ status: 'success', view: await createView(ctx, body) }),
});
