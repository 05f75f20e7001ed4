import { createActions, type Actions } from './actions.ts';
import { createEvents, type Events } from './events.ts';
import { createPendingActions, type PendingActions } from './pending-actions.ts';
import { createSend, type Connection, type Fetch } from './send.ts';
import { createWait, type Wait } from './wait.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export interface ClientOptions {
  /** The address of the service, such as https://proviso.example.com. */
  baseUrl: string;
  token: string;
  /** The workspace of the calls; a token bound to one needs it only for pending actions. */
  workspaceId?: string | undefined;
  /** Replaces the global fetch. */
  fetch?: Fetch;
}

export interface Client {
  workspaceId: string | undefined;
  actions: Actions;
  pendingActions: PendingActions;
  events: Events;
  wait: Wait;
  webhooks: Webhooks;
}

/**
 * A client of one service with one token. A failed call throws ProvisoError; an aborted one throws its signal's reason.
 * It retries what is safe to repeat: every POST has a key that the service recognises.
 */
export function createClient({ baseUrl, token, workspaceId, fetch = globalThis.fetch }: ClientOptions): Client {
  const connection: Connection = { baseUrl: baseUrl.replace(/\/+$/, ''), token, workspaceId, fetch };
  const send = createSend(connection);
  return {
    workspaceId,
    actions: createActions(send),
    pendingActions: createPendingActions(send, connection),
    events: createEvents(connection, () => '/v1/events'),
    wait: createWait(send),
    webhooks: createWebhooks(send),
  };
}
