import { taskReply, updateTaskBody } from '@proviso/contracts';
import { authorize, updateTask } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateTaskRoute = defineRoute({
  method: 'patch',
  path: '/v1/tasks/{task_id}',
  operationId: 'updateTask',
  summary: 'Change a task, or mark it done',
  description: 'Only the fields that you send change. Needs `contacts:write`.',
  tag: 'Tasks',
  body: updateTaskBody,
  reply: taskReply,
  authorize: (ctx) => authorize(ctx, 'contacts:write'),
  handle: async ({ ctx, path, body }) => ({ status: 'success', task: await updateTask(ctx, path.task_id ?? '', body) }),
});
