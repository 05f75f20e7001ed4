import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { noBody, processActionsQuery, type Status } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { AppError } from '../platform/errors.ts';
import { claimOldest } from './claim.ts';
import { runInSlot } from './execute.ts';
import { createLeases } from './leases.ts';
import { createSlots } from './slots.ts';
import type { Worker } from './worker.ts';
import { runAndKeepReply } from '../platform/idempotency.ts';
import { formatId } from '../platform/ids.ts';

const CONCURRENCY = 8;
/** Concurrent requests of one workspace in this process; together they run 64 actions. */
const REQUESTS_MAX = 8;
/** Nothing new starts after this; running actions get the rest of the time. */
const CLAIM_MS = 40_000;
/** The reply is sent by then. Actions still running are reported as running, and continue. */
const REPLY_MS = 54_000;

export interface Processed {
  processed: number;
  /** In the order of their claims. */
  results: { action_id: string; status: Status }[];
}

/**
 * Claims and runs due actions of the caller's workspace in this process, oldest due first. An agent's token takes only
 * that agent's actions. `stopping` ends the claiming early.
 */
export async function processActions(
  ctx: Context,
  input: { query: unknown; body: unknown },
  stopping?: AbortSignal,
): Promise<Processed> {
  authorize(ctx, 'actions:write');
  noBody.parse(input.body);
  const { limit } = processActionsQuery.parse(input.query);
  const hold = ctx.epoch.hold();
  if (hold) throw new AppError('UNAVAILABLE', hold.message);
  return runAndKeepReply(ctx.db, ctx.idempotency, async () => ({
    ...(await withinRequestLimit(ctx, () => runDue(ctx, limit, stopping))),
  }));
}

const requests = new Map<string, number>();

async function withinRequestLimit<T>({ caller: { workspaceId } }: Context, work: () => Promise<T>): Promise<T> {
  const others = requests.get(workspaceId) ?? 0;
  if (others >= REQUESTS_MAX)
    throw new AppError(
      'RATE_LIMITED',
      `${others} requests of this workspace are already running due actions. Wait for one of them to finish, then try again.`,
    );
  requests.set(workspaceId, others + 1);
  try {
    return await work();
  } finally {
    const left = (requests.get(workspaceId) ?? 1) - 1;
    if (left > 0) requests.set(workspaceId, left);
    else requests.delete(workspaceId);
  }
}

async function runDue(ctx: Context, limit: number, stopping?: AbortSignal): Promise<Processed> {
  const worker = workerIn(ctx);
  const until = performance.now() + CLAIM_MS;
  const finished = new AbortController();
  const taken: string[] = [];
  let left = limit;
  const mayTake = (): boolean => left > 0 && performance.now() < until && !stopping?.aborted;
  const lane = async (): Promise<void> => {
    while (mayTake()) {
      left -= 1;
      const action = await claimOldest(worker, ctx.caller.workspaceId, ctx.caller.agent?.id ?? null);
      if (!action) {
        left += 1; // a lane that ends may free a slot
        return;
      }
      if (!taken.includes(action.id)) taken.push(action.id);
      await runInSlot(worker, action);
    }
  };
  const lanes = Promise.all(Array.from({ length: CONCURRENCY }, lane)).finally(() => worker.leases.close());
  lanes.catch((err: unknown) => ctx.log.error({ err }, 'due actions could not be claimed'));
  const limitReached = sleep(REPLY_MS, undefined, { signal: finished.signal, ref: false }).catch(() => undefined);
  await Promise.race([lanes, limitReached]).finally(() => finished.abort());
  return replyOf(ctx, taken);
}

/** A worker for one call. Its leases are renewed while any of its actions runs. */
function workerIn({ db, queue, epoch, executors, secrets, log, timings }: Context): Worker {
  const services = { db, queue, epoch, executors, secrets, log, timings };
  const actor = { kind: 'system', id: `api ${hostname()}:${process.pid}`, name: 'Api' } as const;
  const slots = createSlots({ slots: CONCURRENCY, executors });
  return { ...services, actor, leases: createLeases(db, log, timings), slots };
}

async function replyOf(ctx: Context, taken: string[]): Promise<Processed> {
  const rows = await ctx.db.tables.actions.findMany({
    where: { id: { in: taken }, workspace_id: ctx.caller.workspaceId },
    select: { id: true, status: true },
  });
  const statuses = new Map(rows.map(({ id, status }) => [id, status as Status]));
  const results = taken.map((id) => ({ action_id: formatId('action', id), status: statuses.get(id) ?? 'running' }));
  return { processed: results.length, results };
}
