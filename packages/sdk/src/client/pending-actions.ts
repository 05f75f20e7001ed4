import type { JsonObject, Preview } from '@proviso/contracts';
import { ProvisoError } from './errors.ts';
import { queryOf } from './query.ts';
import type { CallOptions, Connection, Send } from './send.ts';

const BATCH_MS = 60_000;

export type PendingStatus = 'pending' | 'approved' | 'rejected' | 'executed' | 'failed';

/** An action as /api/pending-actions shows it. */
export interface PendingAction {
  id: string;
  workspaceId: string;
  missionId: string | null;
  sessionId: string | null;
  batchId: string | null;
  toolName: string;
  toolInput: JsonObject;
  preview: JsonObject | null;
  status: PendingStatus;
  userEdits: JsonObject | null;
  result: JsonObject | null;
  error: string | null;
  createdAt: string;
  resolvedAt: string | null;
  executedAt: string | null;
  paramsHash: string;
}

export interface CreatePendingAction {
  /** The client's own unless given. */
  workspaceId?: string | undefined;
  toolName: string;
  toolInput: JsonObject;
  missionId?: string | undefined;
  sessionId?: string | undefined;
  /** For a workspace's tools only; built-in types are previewed by the service. */
  preview?: Preview | undefined;
  identityId?: string | undefined;
  scheduledTime?: string | undefined;
  expiresAt?: string | undefined;
  runId?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface ListPendingActions {
  status?: PendingStatus;
  batchId?: string;
  missionId?: string;
  sessionId?: string;
  limit?: number;
  cursor?: string;
}

export interface PendingDecision {
  /** Shallow-merged into toolInput. */
  userEdits?: JsonObject;
  paramsHash?: string;
  comment?: string;
}

export interface BatchItem {
  pendingActionId: string;
  userEdits?: JsonObject;
  paramsHash?: string;
  /** Rejects it. */
  exclude?: boolean;
}

export type PendingActions = ReturnType<typeof createPendingActions>;

/** The same actions in the second dialect, over /api/pending-actions. */
export function createPendingActions(send: Send, connection: Connection) {
  const post = <Reply>(path: string, body?: object, options?: CallOptions): Promise<Reply> =>
    send<Reply>({ method: 'POST', path: `${ROOT}${path}`, body, attemptMs: BATCH_MS }, options);
  const workspaceOf = (given: string | undefined): string => {
    const workspaceId = given ?? connection.workspaceId;
    if (workspaceId) return workspaceId;
    throw new ProvisoError('Name a workspace, here or to createClient.', { code: 'NO_WORKSPACE' });
  };

  return {
    list: async (query: ListPendingActions = {}, options?: CallOptions) => {
      const { batchId, missionId, sessionId, ...rest } = query;
      const names = { batch_id: batchId, mission_id: missionId, session_id: sessionId };
      const path = `${ROOT}${queryOf({ workspace_id: workspaceOf(options?.workspaceId), ...names, ...rest })}`;
      return send<{ items: PendingAction[]; total: number; nextCursor?: string | null }>(
        { method: 'GET', path },
        options,
      );
    },

    get: (id: string, options?: CallOptions): Promise<PendingAction> =>
      send({ method: 'GET', path: `${ROOT}/${encodeURIComponent(id)}` }, options),

    /** Records a proposal; it is always pending. A write that names no workspace is refused here already. */
    create: async (body: CreatePendingAction, options?: CallOptions): Promise<PendingAction> => {
      const workspaceId = workspaceOf(body.workspaceId ?? options?.workspaceId);
      return post('', { ...body, workspaceId }, { ...options, workspaceId });
    },

    approve: (id: string, decision: PendingDecision = {}, options?: CallOptions): Promise<PendingAction> =>
      post(`/${encodeURIComponent(id)}/approve`, decision, options),

    reject: (id: string, options?: CallOptions): Promise<PendingAction> =>
      post(`/${encodeURIComponent(id)}/reject`, undefined, options),

    /** Decides what `items` lists, and leaves the rest of the batch pending. */
    batchApprove: (batchId: string, items: readonly BatchItem[], options?: CallOptions) =>
      post<{ batchId: string; approved: number; rejected: number; skipped: number }>(
        `/batch/${encodeURIComponent(batchId)}/approve`,
        { items },
        options,
      ),
  };
}

const ROOT = '/api/pending-actions';
