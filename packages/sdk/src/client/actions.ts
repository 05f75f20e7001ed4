import type {
  Action,
  ActionWithLogs,
  BulkCreateReply,
  BulkDecideBody,
  BulkDecideReply,
  CountActionsReply,
  CreateActionBody,
  JsonObject,
  ListActionsQuery,
  ListActionsReply,
  LogEntry,
  Status,
  UpdateActionBody,
} from '@proviso/contracts';
import { queryOf } from './query.ts';
import type { CallOptions, Send } from './send.ts';
import { paginate } from './paginate.ts';

const PAGE_MAX = 100;
const BULK_MS = 60_000;

/** Filters combine with AND; a list of statuses or types means any of them. */
export type ListActions = Partial<Omit<ListActionsQuery, 'status' | 'type'>> & {
  status?: Status | readonly Status[];
  type?: string | readonly string[];
};

type ActionFilters = Omit<ListActions, 'limit' | 'skip' | 'cursor' | 'sort_by' | 'sort_dir'>;

export interface UpdateOptions extends CallOptions {
  /** The version that was read; PRECONDITION_FAILED if it is not current. */
  ifVersion?: number;
}

export interface Decision {
  comment?: string;
  /** The hash of the action as it was read; CONFLICT if it is not current. */
  params_hash?: string;
  /** The digest of the preview that was shown; CONFLICT if it is not current. */
  card_digest?: string;
}

export type Actions = ReturnType<typeof createActions>;

const countsOver =
  (send: Send) =>
  (query: ActionFilters = {}, options?: CallOptions): Promise<CountActionsReply> =>
    send<CountActionsReply>({ method: 'GET', path: `/v1/actions/counts${queryOf(query)}` }, options);

/** Actions over /v1. */
export function createActions(send: Send) {
  const verb = async (id: string, name: string, body: object | undefined, options?: CallOptions): Promise<Action> => {
    const path = `${addressOf(id)}/${name}`;
    return (await send<{ action: Action }>({ method: 'POST', path, body }, options)).action;
  };
  const list = (query: ListActions = {}, options?: CallOptions): Promise<ListActionsReply> =>
    send<ListActionsReply>({ method: 'GET', path: `/v1/actions${queryOf(query)}` }, options);

  const get = async (id: string, options?: CallOptions, logs_cursor?: string): Promise<ActionWithLogs> => {
    const path = `${addressOf(id)}${queryOf({ logs_cursor })}`;
    return (await send<{ action: ActionWithLogs }>({ method: 'GET', path }, options)).action;
  };

  return {
    create: async (body: CreateActionBody, options?: CallOptions): Promise<Action> =>
      (await send<{ action: Action }>({ method: 'POST', path: '/v1/actions', body }, options)).action,

    /** With its log, or the beginning of a long one. */
    get: (id: string, options?: CallOptions): Promise<ActionWithLogs> => get(id, options),

    /** Every entry of an action's log, oldest first, however long it is. */
    log: (id: string, options?: CallOptions): AsyncGenerator<LogEntry, void> =>
      paginate(async (cursor) => {
        const { logs, logs_next_cursor } = await get(id, options, cursor);
        return { items: logs, next: logs_next_cursor };
      }),

    /** One page. `pagination.next_cursor` says where the next one begins, even if the page has fewer than `limit`. */
    list,

    /** How many match, in all, by type and by agent; counted up to 10 000. */
    counts: countsOver(send),

    /** Every matching action, page by page; writes in between neither repeat nor skip one. */
    each: (
      query: Omit<ListActions, 'cursor' | 'skip' | 'sort_by'> = {},
      options?: CallOptions,
    ): AsyncGenerator<Action, void> =>
      paginate(async (cursor) => {
        const { actions, pagination } = await list({ limit: PAGE_MAX, ...query, ...(cursor && { cursor }) }, options);
        return { items: actions, next: pagination.next_cursor };
      }),

    update: async (id: string, body: UpdateActionBody, options: UpdateOptions = {}): Promise<Action> => {
      const headers = options.ifVersion === undefined ? {} : { 'if-match': `"v${options.ifVersion}"` };
      const patch = { method: 'PATCH', path: addressOf(id), body, headers } as const;
      return (await send<{ action: Action }>(patch, options)).action;
    },

    cancel: (id: string, options?: CallOptions): Promise<Action> => verb(id, 'cancel', undefined, options),

    execute: (id: string, body?: Pick<Decision, 'params_hash'>, options?: CallOptions): Promise<Action> =>
      verb(id, 'execute', body, options),

    approve: (id: string, decision: Decision = {}, options?: CallOptions): Promise<Action> =>
      verb(id, 'approve', { action: 'approve', ...decision }, options),

    /** Approves with these fields in place of the proposed ones. */
    edit: (id: string, edits: JsonObject, decision: Decision = {}, options?: CallOptions) =>
      verb(id, 'approve', { action: 'edit', edits, ...decision }, options),

    reject: (id: string, decision: Pick<Decision, 'comment'> = {}, options?: CallOptions): Promise<Action> =>
      verb(id, 'reject', decision, options),

    /** Creates each independently; `failed` lists the refused ones and why. */
    bulkCreate: (actions: readonly CreateActionBody[], options?: CallOptions): Promise<BulkCreateReply> =>
      send({ method: 'POST', path: '/v1/actions/bulk', body: { actions }, attemptMs: BULK_MS }, options),

    bulkDecide: (body: BulkDecideBody, options?: CallOptions): Promise<BulkDecideReply> =>
      send({ method: 'POST', path: '/v1/actions/approve/bulk', body, attemptMs: BULK_MS }, options),
  };
}

const addressOf = (id: string): string => `/v1/actions/${encodeURIComponent(id)}`;
