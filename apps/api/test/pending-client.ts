import type { PendingAction, PendingErrorBody } from '@proviso/contracts';
import { uuidOf, type Client, type Reply, type Tenant } from './test-api.ts';

/** All that /api/pending-actions may answer: a test reads the fields that it expects. */
export interface PendingReply extends Omit<Reply, 'body'> {
  body: PendingAction & {
    items: PendingAction[];
    total: number;
    nextCursor: string | null;
    approved: number;
    rejected: number;
    skipped: number;
  } & Omit<PendingErrorBody, 'error'> & { error: PendingErrorBody['error'] };
}

/** Where this dialect is served. */
export const at = '/api/pending-actions';

/** The same caller, with replies as this dialect types them. */
export interface PendingClient {
  get(path?: string, query?: Record<string, string>): Promise<PendingReply>;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<PendingReply>;
}

export const asking = (by: Client): PendingClient => ({
  get: async (path = '', query) => (await by.get(at + path, query)) as unknown as PendingReply,
  post: async (path, body, headers) => (await by.post(at + path, body, headers)) as unknown as PendingReply,
});

/** A pending action that is there already; its UUID. */
export async function waiting(here: Tenant, more: object = {}): Promise<string> {
  return uuidOf((await here.pending(more)).action_id);
}
