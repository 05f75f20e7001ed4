import { exportLine } from '@proviso/contracts';
import { authorizeConfiguration, exportWorkspace } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import type { Message } from '../../event-stream.ts';

export const exportWorkspaceRoute = defineRoute({
  method: 'get',
  path: '/v1/export',
  operationId: 'exportWorkspace',
  summary: 'Export the workspace',
  description:
    'NDJSON: a line for each row that the workspace holds, without secrets. The events of an action follow it. A row that exists from the first line to the last is in it once, as it was at some time between them. If the line `end` is missing, ask again. Needs `workspace:admin`.',
  tag: 'Retention',
  reply: exportLine,
  streams: 'application/x-ndjson',
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx }) => messagesOf(await exportWorkspace(ctx)),
});

async function* messagesOf(lines: AsyncIterable<object>): AsyncGenerator<Message, void> {
  for await (const line of lines) yield [`${JSON.stringify(line)}\n`];
}
