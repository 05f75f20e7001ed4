// The identity's rate limit: an action starts no earlier than the provider asked for, and no faster than the limits
// allow. The function take_slot reserves one start time per action, and the action is put back until then; nothing
// polls. Held by pacing.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdentityPacing, Provider } from '@proviso/contracts';
import type { Queryable } from '../platform/db.ts';
import type { identities } from '../generated/client.ts';
import { FAILING_PAUSE, recordVerification } from '../identities/record-verification.ts';
import { testConnection } from '../identities/test-connection.ts';
import type { Ready } from './load.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Run } from './run.ts';
import type { Worker } from './worker.ts';
import { statement } from '../platform/statement.ts';

type Later = Extract<RunResult, { kind: 'later' }>;

/** A start this near is awaited while the action is running. */
const INLINE_WAIT_MAX_MS = 250;

/**
 * Reserves a start within the identity's rate limit. Returns a result if the start is further away than a worker waits.
 */
export async function acquireRateLimit({ worker, action }: Run, ready: Ready): Promise<Ready | Later> {
  const identity = ready.actsThrough;
  if (!identity) return ready;
  const failing = identity.status === 'failing' ? await retryFailing(worker, identity) : undefined;
  if (failing) return failing;
  const limits = rateLimitsOf(worker, identity);
  if (limits.length === 0 && !identity.not_before) return ready;
  const [start] = await worker.db.query(TAKE_SLOT, {
    identity: identity.id,
    action: action.id,
    spansMs: limits.map(({ spanMs }) => spanMs),
    starts: limits.map(({ starts }) => starts),
    inlineWaitMaxMs: INLINE_WAIT_MAX_MS,
  });
  const waitMs = start?.wait_ms ?? 0;
  if (start && !start.started)
    return { kind: 'later', message: 'The identity’s rate limit allows a later start.', afterMs: waitMs, exact: true };
  if (waitMs > 0) await sleep(waitMs);
  return ready;
}

/** A rate limit per element of `spansMs` and `starts`. */
interface TakeSlotParams {
  identity: string;
  action: string;
  spansMs: number[];
  starts: number[];
  inlineWaitMaxMs: number;
}

const TAKE_SLOT = statement<TakeSlotParams, { started: boolean; wait_ms: number }>(
  'identity_take_slot',
  'select started, wait_ms from take_slot(:identity::uuid, :action::uuid, :spansMs::float8[], :starts::int[], :inlineWaitMaxMs::int)',
);

interface RateLimit {
  spanMs: number;
  starts: number;
}

const HOUR_MS = 3_600_000;

/**
 * The identity's own limits override its provider's. Starts per second are spaced evenly; the others count in a sliding
 * window.
 */
function rateLimitsOf({ executors }: Worker, { provider, pacing }: identities): RateLimit[] {
  const kind = executors.provider(provider as Provider)?.pacing ?? {};
  const own = (pacing ?? {}) as IdentityPacing;
  const bound = <T>(given: T | undefined, shipped: T): T => (given === undefined ? shipped : given);
  const perSecond = bound(own.per_second, kind.perSecond);
  const windows: [number, number | null | undefined][] = [
    [HOUR_MS, bound(own.per_hour, kind.perHour)],
    [24 * HOUR_MS, bound(own.per_day, kind.perDay)],
    [168 * HOUR_MS, bound(own.per_week, kind.perWeek)],
  ];
  return [
    ...(perSecond ? [{ spanMs: 1_000 / perSecond, starts: 1 }] : []),
    ...windows.flatMap(([spanMs, starts]) => (starts ? [{ spanMs, starts }] : [])),
  ];
}

/** Whoever gets the row tests the connection; the others wait until not_before. */
const CLAIM_RETRY = statement<{ id: string }, { id: string }>(
  'identity_claim_retry',
  `
    update identities set not_before = clock_timestamp() + ${FAILING_PAUSE}
    where id = :id::uuid and status = 'failing' and (not_before is null or not_before <= clock_timestamp()) returning id`,
);

const FIND_WAIT = statement<{ id: string }, { wait_ms: number | null }>(
  'identity_find_wait',
  `select extract(epoch from not_before - clock_timestamp())::float8 * 1000 as wait_ms from identities where id = :id::uuid`,
);

/** One action tests a failing identity after its pause, and the pause grows while the identity keeps failing. */
async function retryFailing(worker: Worker, identity: identities): Promise<Later | undefined> {
  const retries = await worker.db.query(CLAIM_RETRY, { id: identity.id });
  if (retries.length > 0) {
    const found = await testConnection(worker, identity).catch(() => undefined); // already logged; counts as no answer
    const now = found && (await recordVerification(worker.db, identity, found));
    if (now?.status === 'active') return undefined;
  }
  const [row] = await worker.db.query(FIND_WAIT, { id: identity.id });
  return { kind: 'later', message: 'The identity is failing.', afterMs: row?.wait_ms ?? 0 };
}

const THROTTLE = statement<{ id: string; ms: number }>(
  'identity_throttle',
  `
    update identities set not_before = greatest(not_before, clock_timestamp() + :ms::float8 * interval '1 ms')
    where id = :id::uuid`,
);

/** Pauses the identity as its provider asked: nothing else starts through it before then. */
export async function throttleIdentity(db: Queryable, identityId: string, ms: number): Promise<void> {
  await db.query(THROTTLE, { id: identityId, ms });
}
