import { settingsReply } from '@proviso/contracts';
import { authorize, getSettings } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getSettingsRoute = defineRoute({
  method: 'get',
  path: '/v1/settings',
  operationId: 'getSettings',
  summary: 'Get the settings of the workspace',
  description: 'How long approvals can be recalled, and the reasons that people choose from. Needs `actions:read`.',
  tag: 'Operation',
  reply: settingsReply,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx }) => ({ status: 'success', settings: await getSettings(ctx) }),
});
