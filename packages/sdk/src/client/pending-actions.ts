import type {
  ApprovePendingActionBody,
  BatchApproveBody,
  BatchApproveReply,
  CreatePendingActionBody,
  ListPendingActionsReply,
  PendingAction,
  PendingActionEvent,
  PendingBriefing,
  PendingStatus,
  Preview,
} from '@proviso/contracts';
import { ProvisoError } from './errors.ts';
import { createEvents } from './events.ts';
import { queryOf } from './query.ts';
import type { CallOptions, Connection, Send } from './send.ts';
import { paginate } from './paginate.ts';

const BATCH_MS = 60_000;

/** The workspace is the client's by default. Only a workspace's tool takes a preview. */
export type CreatePendingAction = Omit<CreatePendingActionBody, 'workspaceId' | 'preview'> & {
  workspaceId?: string | undefined;
  preview?: Preview | undefined;
};

export interface ListPendingActions {
  status?: PendingStatus;
  batchId?: string;
  missionId?: string;
  sessionId?: string;
  limit?: number;
  cursor?: string;
}

type Item = BatchApproveBody['items'][number];
export type BatchItem = Omit<Item, 'exclude'> & { exclude?: boolean };

export type PendingActions = ReturnType<typeof createPendingActions>;

/** The same actions in the second dialect, over /api/pending-actions. */
export function createPendingActions(send: Send, connection: Connection) {
  const post = <Reply>(path: string, body?: object, options?: CallOptions): Promise<Reply> =>
    send<Reply>({ method: 'POST', path: `${ROOT}${path}`, body, attemptMs: BATCH_MS }, options);
  const workspaceOf = (given: string | undefined): string => {
    const workspaceId = given ?? connection.workspaceId;
    if (workspaceId) return workspaceId;
    throw new ProvisoError('Pass a workspace here or to createClient.', { code: 'NO_WORKSPACE' });
  };

  const list = async (query: ListPendingActions = {}, options?: CallOptions): Promise<ListPendingActionsReply> => {
    const workspaceId = workspaceOf(options?.workspaceId);
    return send({ method: 'GET', path: `${ROOT}${queryOf({ workspaceId, ...query })}` }, options);
  };

  return {
    /** One page, newest first. `nextCursor` says where the next one begins, even if the page has fewer than `limit`. */
    list,

    /** Every matching pending action, page by page; writes in between neither repeat nor skip one. */
    each: (
      query: Omit<ListPendingActions, 'cursor'> = {},
      options?: CallOptions,
    ): AsyncGenerator<PendingAction, void> =>
      paginate(async (cursor) => {
        const { items, nextCursor } = await list({ ...query, ...(cursor && { cursor }) }, options);
        return { items, next: nextCursor };
      }),

    get: (id: string, options?: CallOptions): Promise<PendingAction> =>
      send({ method: 'GET', path: `${ROOT}/${encodeURIComponent(id)}` }, options),

    /** Records a proposal, which is always pending. Refuses a write that names no workspace before it is sent. */
    create: async (body: CreatePendingAction, options?: CallOptions): Promise<PendingAction> => {
      const workspaceId = workspaceOf(body.workspaceId ?? options?.workspaceId);
      return post('', { ...body, workspaceId }, { ...options, workspaceId });
    },

    approve: (id: string, decision: ApprovePendingActionBody = {}, options?: CallOptions): Promise<PendingAction> =>
      post(`/${encodeURIComponent(id)}/approve`, decision, options),

    reject: (id: string, options?: CallOptions): Promise<PendingAction> =>
      post(`/${encodeURIComponent(id)}/reject`, undefined, options),

    /** The feed in this dialect: only actions that have ever waited for a person. */
    events: createEvents<PendingBriefing, PendingActionEvent>(
      connection,
      (given) => `${ROOT}/stream${queryOf({ workspaceId: workspaceOf(given) })}`,
    ),

    /** Decides what `items` lists, and leaves the rest of the batch pending. */
    batchApprove: (batchId: string, items: readonly BatchItem[], options?: CallOptions): Promise<BatchApproveReply> =>
      post(`/batch/${encodeURIComponent(batchId)}/approve`, { items }, options),
  };
}

const ROOT = '/api/pending-actions';
