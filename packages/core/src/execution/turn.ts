// When an action may start through its identity: not before the provider's own wish, and no faster than the bounds. Each
// action is given its own time once (the function take_slot), and is put back until then; nothing polls. Held by pacing.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdentityPacing, Provider } from '@proviso/contracts';
import type { ActionRow } from '../actions/row.ts';
import type { Queryable } from '../db.ts';
import type { identities } from '../generated/client.ts';
import { FAILING_PAUSE, recordVerification } from '../identities/record-verification.ts';
import { tryOut } from '../identities/try-out.ts';
import type { Ending } from './ending.ts';
import type { Worker } from './worker.ts';

type Later = Extract<Ending, { kind: 'later' }>;

/** A turn that comes so soon is waited for with the action in hand. */
const PATIENCE_MS = 250;

/** Waits for the identity's turn to start; an ending where it comes later than a worker waits. */
export async function awaitTurn(worker: Worker, action: ActionRow, identity: identities): Promise<Later | undefined> {
  const failing = identity.status === 'failing' ? await retryFailing(worker, identity) : undefined;
  if (failing) return failing;
  const bounds = boundsOf(worker, identity);
  if (bounds.length === 0 && !identity.not_before) return undefined;
  const spans = bounds.map(({ spanMs }) => spanMs);
  const values = [identity.id, action.id, spans, bounds.map(({ starts }) => starts), PATIENCE_MS];
  const [turn] = await worker.db.query<{ started: boolean; wait_ms: number }>(TAKE_SLOT, values);
  const waitMs = turn?.wait_ms ?? 0;
  if (turn && !turn.started)
    return { kind: 'later', message: 'It waits for its turn at the identity’s pace.', afterMs: waitMs, exact: true };
  if (waitMs > 0) await sleep(waitMs);
  return undefined;
}

const TAKE_SLOT = {
  name: 'identity_take_slot',
  text: 'select started, wait_ms from take_slot($1::uuid, $2::uuid, $3::float8[], $4::int[], $5::int)',
};

interface Bound {
  spanMs: number;
  starts: number;
}

const HOUR_MS = 3_600_000;

/** The identity's own bounds before its provider's. So many a second are spaced evenly; the others count in a sliding window. */
function boundsOf({ executors }: Worker, { provider, pacing }: identities): Bound[] {
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

/** $1 id: whoever gets a row tries the identity out; the others wait as long. */
const TRY = {
  name: 'identity_try_failing',
  text: `
    update identities set not_before = clock_timestamp() + ${FAILING_PAUSE}
    where id = $1::uuid and status = 'failing' and (not_before is null or not_before <= clock_timestamp()) returning id`,
};

const WAIT = {
  name: 'identity_wait',
  text: `select extract(epoch from not_before - clock_timestamp())::float8 * 1000 as wait_ms from identities where id = $1::uuid`,
};

/** One action tries a failing identity out when its pause is over, and the pause grows while it does not answer. */
async function retryFailing(worker: Worker, identity: identities): Promise<Later | undefined> {
  const mine = await worker.db.query(TRY, [identity.id]);
  if (mine.length > 0) {
    const found = await tryOut(worker, identity).catch(() => undefined); // it has been logged, and counts as no answer
    const now = found && (await recordVerification(worker.db, identity, found));
    if (now?.status === 'active') return undefined;
  }
  const [held] = await worker.db.query<{ wait_ms: number | null }>(WAIT, [identity.id]);
  return { kind: 'later', message: 'The identity is failing.', afterMs: held?.wait_ms ?? 0 };
}

/** $1 id, $2 ms */
const HOLD_BACK = {
  name: 'identity_hold_back',
  text: `
    update identities set not_before = greatest(not_before, clock_timestamp() + $2::float8 * interval '1 ms')
    where id = $1::uuid`,
};

/** The provider asked for a pause: nothing else starts through this identity before it is over. */
export async function holdBack(db: Queryable, identityId: string, ms: number): Promise<void> {
  await db.query(HOLD_BACK, [identityId, ms]);
}
