import type { Action, ActionWithLogs, BulkDecideReply, JsonObject, ListActionsReply } from '@proviso/contracts';
import { request } from './client.ts';

const PAGE_ROWS = 100;

export type ActionQuery = Record<string, string | number | undefined>;

export const listActions = (query: ActionQuery, signal?: AbortSignal): Promise<ListActionsReply> =>
  request('/v1/actions', { query: { limit: PAGE_ROWS, ...query }, ...(signal && { signal }) });

export const getAction = async (id: string): Promise<ActionWithLogs> =>
  (await request<{ action: ActionWithLogs }>(`/v1/actions/${encodeURIComponent(id)}`)).action;

export interface DecisionRequest {
  action: 'approve' | 'reject' | 'edit';
  edits?: JsonObject;
  comment?: string;
}

/** Every decision carries the hash and the digest of what was on the screen, a rejection too. */
export const decideAction = async (shown: Action, decision: DecisionRequest): Promise<Action> =>
  (
    await request<{ action: Action }>(`/v1/actions/${encodeURIComponent(shown.action_id)}/approve`, {
      method: 'POST',
      body: {
        ...decision,
        params_hash: shown.params_hash,
        ...(shown.card_digest && { card_digest: shown.card_digest }),
      },
    })
  ).action;

export const decideActions = (shown: Action[], decision: DecisionRequest): Promise<BulkDecideReply> =>
  request('/v1/actions/approve/bulk', {
    method: 'POST',
    body: {
      ...decision,
      action_ids: shown.map(({ action_id }) => action_id),
      params_hashes: Object.fromEntries(shown.map(({ action_id, params_hash }) => [action_id, params_hash])),
      card_digests: Object.fromEntries(
        shown.flatMap(({ action_id, card_digest }) => (card_digest ? [[action_id, card_digest]] : [])),
      ),
    },
  });

/** Takes an approval back while its start is held. */
export const recallAction = (id: string): Promise<Action> => change(id, 'recall', {});

/** The same again, as a new action that waits for a person; the one that is there if it was proposed again before. */
export const proposeAgain = async ({ action_id }: Action): Promise<Action> => change(action_id, 'propose-again', {});

/** Records what somebody found about an unknown outcome. */
export const confirmOutcome = async (id: string, outcome: 'done' | 'not_done', comment: string): Promise<Action> =>
  change(id, 'outcome', { outcome, ...(comment && { comment }) });

/** The action that proposes this one again, if there is one. */
export const findSuccessor = async (id: string): Promise<Action | null> =>
  (await listActions({ again_of: id })).actions[0] ?? null;

const change = async (id: string, verb: string, body: object): Promise<Action> =>
  (await request<{ action: Action }>(`/v1/actions/${encodeURIComponent(id)}/${verb}`, { method: 'POST', body })).action;
