import { revokedKeyReply, revokeKeyBody } from '@proviso/contracts';
import { authorizeCredentials, revokeKey } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const revokeKeyRoute = defineRoute({
  method: 'delete',
  path: '/v1/api-keys/{key_id}',
  operationId: 'revokeKey',
  summary: 'Revoke a credential, and the keys created with it',
  description:
    'The credential is refused: writes at once, reads within a second. Keys created with a key are revoked with it. What was created with a personal credential stays, unless `including_made` is true.',
  tag: 'Access',
  body: revokeKeyBody,
  reply: revokedKeyReply,
  authorize: authorizeCredentials,
  handle: async ({ ctx, path, body }) => {
    const { key, alsoRevoked, revokedInvitations } = await revokeKey(ctx, path.key_id ?? '', body);
    return { status: 'success', api_key: key, also_revoked: alsoRevoked, revoked_invitations: revokedInvitations };
  },
});
