import { legalHoldReply } from '@proviso/contracts';
import { authorizeConfiguration, releaseLegalHold } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const releaseLegalHoldRoute = defineRoute({
  method: 'delete',
  path: '/v1/legal-holds/{hold_id}',
  operationId: 'releaseLegalHold',
  summary: 'Release a legal hold',
  description:
    'What it covered is redacted and deleted as the settings say. The hold stays in the list, with who released it. Needs `workspace:admin`.',
  tag: 'Retention',
  reply: legalHoldReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    legal_hold: await releaseLegalHold(ctx, path.hold_id ?? '', body),
  }),
});
