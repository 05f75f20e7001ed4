export type {
  Action,
  ActionEvent,
  ActionWithLogs,
  Briefing,
  EventName,
  JsonObject,
  JsonValue,
  LogEntry,
  PendingAction,
  Preview,
  Status,
  Webhook,
  WebhookDelivery,
} from '@proviso/contracts';
export { createClient, type Client, type ClientOptions } from './client/client.ts';
export type { Actions, Decision, ListActions, UpdateOptions } from './client/actions.ts';
export { ProvisoError, type ProvisoCode } from './client/errors.ts';
export type { Events, EventsOptions, FeedItem } from './client/events.ts';
export type { BatchItem, CreatePendingAction, ListPendingActions, PendingActions } from './client/pending-actions.ts';
export type { CallOptions } from './client/send.ts';
export type { Wait } from './client/wait.ts';
export type { Webhooks, WebhookWithSecret } from './client/webhooks.ts';
export type { Answer, Ended, Unfinished } from './gate/answer.ts';
export { gated, type GatedTool, type GateOptions } from './gate/gated.ts';
export type { GateSet } from './gate/gate-set.ts';
export type { RenderPreview, Gate, GateContext } from './gate/propose.ts';
export { originalOf, type Access, type ApprovedAction, type NamedCall, type Tool, type ToolCall } from './gate/tool.ts';
export { rememberCalls, type CallStore } from './host/call-store.ts';
export type { HostAnswer } from './host/answers.ts';
export { toolHost, ToolRefused, type HostedTool, type ToolHost, type ToolHostOptions } from './host/tool-host.ts';
