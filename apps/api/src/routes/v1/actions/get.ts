import { actionWithLogsReply } from '@proviso/contracts';
import { authorize, getAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { showAction, showEvent } from '../../../show-action.ts';

export const getActionRoute = defineRoute({
  method: 'get',
  path: '/v1/actions/{action_id}',
  operationId: 'getAction',
  summary: 'Read an action, with its log and result',
  tag: 'Actions',
  reply: actionWithLogsReply,
  waits: true,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, path, res, settled }) => {
    const seen = await getAction(ctx, path.action_id ?? '');
    const now = await settled(seen.action);
    const { action, logs } = now === seen.action ? seen : await getAction(ctx, now.id);
    res.set('ETag', `"v${action.version}"`);
    return { status: 'success', action: { ...showAction(ctx.executors, action), logs: logs.map(showEvent) } };
  },
});
