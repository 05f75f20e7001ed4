import { idOrUuid, TOOL_NAME } from '@proviso/contracts';
import { z } from 'zod';
import { dialectAt } from '../dialect.ts';
import type { Route } from '../route.ts';

/** The path parameters of all operations. */
const IN_PATH: Record<string, z.ZodType> = {
  action_id: idOrUuid('action').describe('The action.'),
  action_index: z.string().meta({ pattern: '^\\d{1,9}$', description: '`action_index` of the action, from 0.' }),
  agent_id: idOrUuid('agent').describe('The agent.'),
  batch_id: z.string().describe('`batchId` of the actions: `{missionId}:{toolName}`.'),
  company_id: idOrUuid('company').describe('The company.'),
  contact_id: idOrUuid('contact').describe('The contact.'),
  identity_id: idOrUuid('identity').describe('The identity.'),
  invitation_id: idOrUuid('invitation').describe('The invitation.'),
  key_id: idOrUuid('key').describe('The credential.'),
  name: z.string().meta({ pattern: TOOL_NAME.source, description: 'The name of the tool.' }),
  pa_id: idOrUuid('action').describe('The action.'),
  run_id: idOrUuid('run').describe('The run.'),
  session_id: idOrUuid('session').describe('The session.'),
  task_id: idOrUuid('task').describe('The task.'),
  user_id: idOrUuid('user').describe('The person.'),
  view_id: idOrUuid('view').describe('The view.'),
  gateway_id: idOrUuid('gateway').describe('The gateway.'),
  webhook_id: idOrUuid('webhook').describe('The webhook.'),
  delivery_id: idOrUuid('delivery').describe('The delivery.'),
  erasure_id: idOrUuid('erasure').describe('The erasure.'),
  hold_id: idOrUuid('hold').describe('The legal hold.'),
};

const HEADERS = {
  workspace: z
    .uuid()
    .optional()
    .meta({ description: 'The workspace that a personal credential acts in; by default its home workspace.' }),
  idempotency: z.string().min(1).max(255).optional().meta({
    description:
      'Makes the request safe to repeat: for at least 24 hours, the same key and body get the first reply again.',
  }),
  ifMatch: z.string().optional().meta({ description: 'The ETag of the action as you read it.' }),
  lastEventId: z
    .string()
    .optional()
    .meta({ description: 'The id of the last message that you received: the stream resumes after it.' }),
  prefer: z
    .string()
    .optional()
    .meta({ description: '`wait=N`: the reply waits up to N seconds, at most 60, for the action to end.' }),
} as const;

/** The document's parameters of a route: path, query and headers. */
export const parametersOf = (route: Route) => ({
  ...(route.path.includes('{') && { path: inPath(route.path) }),
  ...(route.query && { query: route.query }),
  header: z.object({
    ...(dialectAt(route.path) === 'v1' && !route.handleOutsider && { 'X-Workspace-Id': HEADERS.workspace }),
    ...(isRepeatable(route) && { 'Idempotency-Key': HEADERS.idempotency }),
    ...(route.conditional && { 'If-Match': HEADERS.ifMatch }),
    ...(route.streams === 'text/event-stream' && { 'Last-Event-ID': HEADERS.lastEventId }),
    ...(route.waits && { Prefer: HEADERS.prefer }),
  }),
});

/** Replies are not stored for a caller without a workspace. */
export const isRepeatable = (route: Route): boolean => route.method === 'post' && !('handleOutsider' in route);

const inPath = (path: string) =>
  z.object(Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, parameter(name)])));

function parameter(name: string): z.ZodType {
  const known = IN_PATH[name];
  if (!known) throw new Error(`The document does not know the parameter ${name}.`);
  return known;
}
