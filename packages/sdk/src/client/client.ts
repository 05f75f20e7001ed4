import { createActions, type Actions } from './actions.ts';
import { createEvents, type Events } from './events.ts';
import { createPendingActions, type PendingActions } from './pending-actions.ts';
import { createSend, type Connection, type Fetch } from './send.ts';
import { createWait, type Wait } from './wait.ts';

export interface ClientOptions {
  /** Where the service is, as in https://proviso.example.com. */
  baseUrl: string;
  token: string;
  /** Which workspace is meant; a token that is bound to one needs it for pending actions only. */
  workspaceId?: string | undefined;
  /** Instead of the global fetch. */
  fetch?: Fetch;
}

export interface Client {
  workspaceId: string | undefined;
  actions: Actions;
  pendingActions: PendingActions;
  events: Events;
  wait: Wait;
}

/**
 * A client of one service with one token. A failed call throws ProvisoError, an aborted one its signal's reason.
 * What is safe to repeat is repeated: every POST has a key that the service knows again.
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
  };
}
