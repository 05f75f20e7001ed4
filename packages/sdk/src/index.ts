export type {
  Action,
  ActionWithLogs,
  EventName,
  JsonObject,
  JsonValue,
  LogEntry,
  Preview,
  Status,
} from '@proviso/contracts';
export { createClient, type Client, type ClientOptions } from './client/client.ts';
export type { Actions, Decision, ListActions, UpdateOptions } from './client/actions.ts';
export { ProvisoError, type ProvisoCode } from './client/errors.ts';
export type { Briefing, Events, EventsOptions, FeedItem } from './client/events.ts';
export type * from './client/pending-actions.ts';
export type { CallOptions } from './client/send.ts';
export type { Wait } from './client/wait.ts';
