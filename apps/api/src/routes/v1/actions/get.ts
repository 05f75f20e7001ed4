import { actionWithLogsReply, getActionQuery } from '@proviso/contracts';
import { authorize, getAction, getActionInWorkspace } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { presentAction, presentEvent } from '../../../present-action.ts';

export const getActionRoute = defineRoute({
  method: 'get',
  path: '/v1/actions/{action_id}',
  operationId: 'getAction',
  summary: 'Read an action, with its log and result',
  description:
    'Includes everything that has happened to it, in order. Send its `ETag` back as `If-Match`. Needs `actions:read`.',
  tag: 'Actions',
  query: getActionQuery,
  reply: actionWithLogsReply,
  waits: true,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  waitFirst: async ({ ctx, path, query, settled }) => {
    getActionQuery.parse(query);
    return settled(await getActionInWorkspace(ctx, path.action_id ?? ''));
  },
  handle: async ({ ctx, path, query, res }) => {
    const { action, logs, logsNextCursor } = await getAction(ctx, path.action_id ?? '', query);
    if (!action.redaction) res.set('ETag', `"v${action.version}"`); // a redaction keeps the version
    const log = { logs: logs.map(presentEvent), ...(logsNextCursor && { logs_next_cursor: logsNextCursor }) };
    return { status: 'success', action: { ...presentAction(ctx.executors, action), ...log } };
  },
});
