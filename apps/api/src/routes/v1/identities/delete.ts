import { identityDeletedReply } from '@proviso/contracts';
import { authorizeConfiguration, deleteIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteIdentityRoute = defineRoute({
  method: 'delete',
  path: '/v1/identities/{identity_id}',
  operationId: 'deleteIdentity',
  summary: 'Delete an identity that no open action uses, with its credentials',
  description:
    'Refused (409) while open actions use it. Its credentials are erased; past actions still show which identity they used. Needs `identities:write`. No agent’s key.',
  tag: 'Identities',
  reply: identityDeletedReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    identity_id: await deleteIdentity(ctx, path.identity_id ?? '', body),
  }),
});
