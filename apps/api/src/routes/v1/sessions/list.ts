import { listSessionsReply, pageQuery } from '@proviso/contracts';
import { authorizeAccount, listSessions } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listSessionsRoute = defineRoute({
  method: 'get',
  path: '/v1/sessions',
  operationId: 'listSessions',
  summary: 'List the browsers in which you are signed in',
  description: 'Newest first. Takes a person: a session, or a personal credential with every scope.',
  tag: 'Access',
  query: pageQuery,
  reply: listSessionsReply,
  authorize: authorizeAccount,
  handle: async ({ ctx, query }) => pageReply('sessions', await listSessions(ctx, query)),
});
