import { listQuery, runWithActionsReply } from '@proviso/contracts';
import { authorize, getRun, mapInSlices } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';
import { presentAction } from '../../../present-action.ts';

export const getRunRoute = defineRoute({
  method: 'get',
  path: '/v1/agents/runs/{run_id}',
  operationId: 'getRun',
  summary: 'Read a run, with what it proposed',
  description:
    'The run, with a page of the actions proposed in it, oldest first. Needs `agents:read` and `actions:read`.',
  tag: 'Agents',
  query: listQuery,
  reply: runWithActionsReply,
  authorize: (ctx) => authorize(ctx, 'agents:read'),
  handle: async ({ ctx, path, query }) => {
    const { run, actions } = await getRun(ctx, path.run_id ?? '', query);
    const rows = await mapInSlices(actions.rows, (action) => presentAction(ctx.executors, action));
    return { run, ...pageReply('actions', { ...actions, rows }) };
  },
});
