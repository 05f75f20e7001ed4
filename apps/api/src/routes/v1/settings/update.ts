import { settingsReply, updateSettingsBody } from '@proviso/contracts';
import { authorizeConfiguration, updateSettings } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateSettingsRoute = defineRoute({
  method: 'patch',
  path: '/v1/settings',
  operationId: 'updateSettings',
  summary: 'Change the settings of the workspace',
  description: 'They count from the next decision on. Needs `workspace:admin`.',
  tag: 'Operation',
  body: updateSettingsBody,
  reply: settingsReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', settings: await updateSettings(ctx, body) }),
});
