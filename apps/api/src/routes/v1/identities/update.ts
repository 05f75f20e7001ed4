import { identityReply, updateIdentityBody } from '@proviso/contracts';
import { authorizeConfiguration, updateIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateIdentityRoute = defineRoute({
  method: 'patch',
  path: '/v1/identities/{identity_id}',
  operationId: 'updateIdentity',
  summary: 'Change an identity',
  description:
    'Only the fields that you send change. Changing `config` returns cleared actions to review; changing `credentials`, the name or the rate limits does not. Needs `identities:write`. No agent’s key.',
  tag: 'Identities',
  body: updateIdentityBody,
  reply: identityReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    identity: await updateIdentity(ctx, path.identity_id ?? '', body),
  }),
});
