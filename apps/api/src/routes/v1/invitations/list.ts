import { listInvitationsReply, pageQuery } from '@proviso/contracts';
import { authorizePeople, listInvitations } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listInvitationsRoute = defineRoute({
  method: 'get',
  path: '/v1/invitations',
  operationId: 'listInvitations',
  summary: 'List the invitations of the workspace',
  description:
    'Returns open and ended invitations, without their secrets. Needs a personal credential with `workspace:admin`.',
  tag: 'Access',
  query: pageQuery,
  reply: listInvitationsReply,
  authorize: authorizePeople,
  handle: async ({ ctx, query }) => pageReply('invitations', await listInvitations(ctx, query)),
});
