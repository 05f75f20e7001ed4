import type { JsonObject } from '@proviso/contracts';
import type { Database, Transaction } from './db.ts';
import { AppError } from './errors.ts';
import { statement } from './statement.ts';

/**
 * A request's Idempotency-Key in the scope of its workspace and token, with the hash of method, path, query and body.
 */
export interface Idempotency {
  key: string;
  tokenId: string;
  workspaceId: string;
  requestHash: string;
  /** Set when the reply is the first request's. */
  replayed: boolean;
}

const mismatch = (): AppError =>
  new AppError('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for another request. Use a new key.');

/**
 * What the first request with this key stored; undefined = the key is new. Throws IDEMPOTENCY_MISMATCH for another
 * request.
 */
export async function findSnapshot(db: Transaction, use: Idempotency): Promise<JsonObject | undefined> {
  const stored = await db.tables.idempotency_keys.findUnique({
    where: { workspace_id_token_id_key: { workspace_id: use.workspaceId, token_id: use.tokenId, key: use.key } },
  });
  if (!stored) return undefined;
  if (stored.request_hash !== use.requestHash) throw mismatch();
  return stored.snapshot as JsonObject;
}

/** The first request's reply, for verbs that look things up before they write; undefined = the key is new. */
export async function findFirstReply<T extends object>(
  db: Transaction,
  use: Idempotency | undefined,
): Promise<T | undefined> {
  const first = use && (await findSnapshot(db, use));
  if (use) use.replayed = first !== undefined;
  return first as T | undefined;
}

const FORGET = statement(
  'idempotency_forget',
  `
    delete from idempotency_keys where ctid in (
      select ctid from idempotency_keys where created_at < statement_timestamp() - interval '48 hours' limit 1000
    ) returning 1 as forgotten`,
);

/** Deletes keys older than 48 hours (24 are promised), in batches. Returns how many. */
export const deleteOldIdempotencyKeys = async (db: Database): Promise<number> => (await db.query(FORGET, {})).length;

interface KeepParams {
  workspace: string;
  token: string;
  key: string;
  requestHash: string;
}

const paramsOf = ({ workspaceId, tokenId, key, requestHash }: Idempotency): KeepParams => ({
  workspace: workspaceId,
  token: tokenId,
  key,
  requestHash,
});

const KEEP = statement<KeepParams, { fresh: boolean; request_hash: string; snapshot: object | null }>(
  'idempotency_keep',
  `
    insert into idempotency_keys as i (workspace_id, token_id, key, request_hash)
    values (:workspace::uuid, :token::uuid, :key, :requestHash)
    on conflict (workspace_id, token_id, key) do update set key = i.key
    returning (i.xmax = 0) as fresh, i.request_hash, i.snapshot`,
);

/**
 * Runs `work` in one transaction with its key, for verbs that write more than one row. A concurrent duplicate waits for
 * the first commit and then gets its reply. `work` must not use queue or network.
 */
export async function inTransactionOnce<T extends object>(
  db: Database,
  use: Idempotency | undefined,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  if (!use) return db.transaction(work);
  return db.transaction(async (tx) => {
    const [stored] = await tx.query(KEEP, paramsOf(use));
    if (stored && !stored.fresh) {
      if (stored.request_hash !== use.requestHash || !stored.snapshot) throw mismatch();
      use.replayed = true;
      return stored.snapshot as T;
    }
    const reply = await work(tx);
    const { snapshot } = await tx.tables.idempotency_keys.update({
      where: { workspace_id_token_id_key: { workspace_id: use.workspaceId, token_id: use.tokenId, key: use.key } },
      data: { snapshot: reply as JsonObject },
    });
    return snapshot as T; // with jsonb's order of keys, so that every replay has the same bytes
  });
}

const KEEP_REPLY = statement<KeepParams & { reply: string }, { request_hash: string; snapshot: object }>(
  'idempotency_keep_reply',
  `
    insert into idempotency_keys as i (workspace_id, token_id, key, request_hash, snapshot)
    values (:workspace::uuid, :token::uuid, :key, :requestHash, :reply::jsonb)
    on conflict (workspace_id, token_id, key) do update set key = i.key
    returning i.request_hash, i.snapshot`,
);

/**
 * Runs work that takes too long for one transaction, and stores its reply afterwards. Each part of the work must be
 * safe by itself. Two simultaneous requests with one key both work, and both get the reply that was stored first.
 */
export async function runAndKeepReply<T extends object>(
  db: Database,
  use: Idempotency | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!use) return work();
  const first = await findSnapshot(db, use);
  use.replayed = first !== undefined;
  if (first) return first as T;
  const [stored] = await db.query(KEEP_REPLY, { ...paramsOf(use), reply: JSON.stringify(await work()) });
  if (!stored || stored.request_hash !== use.requestHash) throw mismatch();
  return stored.snapshot as T;
}
