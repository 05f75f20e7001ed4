import { sessionReply } from '@proviso/contracts';
import { authorizeAccount, revokeSession } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const revokeSessionRoute = defineRoute({
  method: 'delete',
  path: '/v1/sessions/{session_id}',
  operationId: 'revokeSession',
  summary: 'Sign out of one browser',
  description:
    'The next request from there is refused, in every process, and its event streams end. Your own sessions only. Takes a person: a session, or a personal credential with every scope.',
  tag: 'Access',
  reply: sessionReply,
  authorize: authorizeAccount,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    session: await revokeSession(ctx, path.session_id ?? '', body),
  }),
});
