// Notices that the database went back: restored from a backup, copied, or failed over to a replica that lagged. What it
// then holds as due may already have run, so nothing starts until an operator says what may. A one-row table counts
// up, and a mirror outside remembers how far. Held by epoch.test.ts and tests/stories/restore.test.ts.
import type { Logger } from 'pino';
import type { Database } from './db.ts';
import type { EpochMirror, MirroredEpoch } from './epoch-mirror.ts';
import { forProcess } from './fair-pool.ts';
import { ADVANCE, BEGIN, CHECK_MS, findEpoch, HOLD, RELEASE, type EpochRow, type HoldReason } from './epoch-row.ts';

export interface DispatchHold {
  reason: HoldReason;
  /** What happened, and what to do. */
  message: string;
  since: Date;
  /** The history that is held; the next one has another name. */
  incarnation: string;
  /** About when the database was backed up. */
  databaseAsOf: Date;
  /** Until when the lost history is known to have run; null = unknown. */
  lostUntil: Date | null;
}

export interface Epoch {
  /** Whether actions may start here. In memory, so that a claim may ask each time. */
  mayDispatch(): boolean;
  /** The hold of the instance, as of the last check. */
  hold(): DispatchHold | undefined;
  /** Compares the database with its mirror. Never throws. */
  check(): Promise<void>;
  /** Checks again and again, for the life of the process. */
  start(): void;
  /** Ends the hold of that history, and begins another one. False = it was not held, or has ended. */
  release(incarnation: string): Promise<boolean>;
  close(): void;
}

/** After a move that was no longer down than this, the mirror's word is enough: a failover, or a planned migration. */
const MOVED_MS_MAX = 300_000;

const MESSAGES: Record<HoldReason, string> = {
  behind:
    'The database is older than its mirror: a backup was restored, or a replica that lagged took over. What it has as due may already have run, so nothing starts. Run proviso resume to review it.',
  moved:
    'The database was restored or copied, and nothing outside it shows that it is current. What it has as due may already have run, so nothing starts. In a copy, leave it so. Otherwise run proviso resume.',
  superseded:
    'Another copy of this database has taken over, so nothing starts here. Stop this instance, or correct its DATABASE_URL.',
  operator: 'An operator holds the instance, so nothing starts. Run proviso resume to end it.',
};

/** What the mirror says of a history; `away` = it does not answer. */
type Mirrored = MirroredEpoch | 'none' | 'away';

/**
 * Whether the database may be trusted to be current. `wait`: nothing may start until the mirror answers. The
 * table of cases in docs/operations.md is made from it.
 */
function judgeEpoch(
  row: Pick<EpochRow, 'counter' | 'age_ms' | 'location' | 'here'>,
  mirrored: Mirrored,
): Exclude<HoldReason, 'operator'> | 'wait' | 'current' {
  const isMoved = row.location !== row.here;
  if (mirrored === 'away') return isMoved ? 'wait' : 'current';
  if (mirrored === 'none') return isMoved ? 'moved' : 'current';
  if (mirrored.isSuperseded) return 'superseded';
  if (mirrored.counter > row.counter) return 'behind';
  return isMoved && row.age_ms > MOVED_MS_MAX ? 'moved' : 'current';
}

export interface EpochOptions {
  db: Database;
  /** Absent: only a move of the database is noticed. */
  mirror?: EpochMirror | undefined;
  log: Logger;
}

/** What a process knows. */
interface Watch extends EpochOptions {
  /** The history that was seen last. */
  incarnation: string | null;
  isVerified: boolean;
  hold: DispatchHold | undefined;
  /** How many connections broke. */
  losses: number;
  lastWarning: string;
}

const UNSEEN = { incarnation: null, isVerified: false, hold: undefined, losses: 0, lastWarning: '' };

export function openEpoch(options: EpochOptions): Epoch {
  const { db, mirror, log } = options;
  const watch: Watch = { ...options, ...UNSEEN };
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let checking: Promise<void> | undefined;
  const check = (): Promise<void> =>
    (checking ??= forProcess(() => compare(watch))
      .catch((error: unknown) => {
        watch.isVerified = false; // the database does not answer, and may be another one when it does
        log.debug({ reason: (error as Error).message }, 'the epoch cannot be checked');
      })
      .finally(() => (checking = undefined)));
  const checkAgain = (): void => {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void check().finally(checkAgain), CHECK_MS).unref();
  };
  // A database that is replaced breaks its connections: until the next check, this may be another one.
  const onLoss = (): void => {
    watch.losses += 1;
    watch.isVerified = false;
  };
  db.pool.on('error', onLoss);
  return {
    mayDispatch: () => {
      if (!watch.isVerified) void check();
      return watch.isVerified && watch.hold === undefined;
    },
    hold: () => watch.hold,
    check,
    start: checkAgain,
    release: async (incarnation) => {
      const isReleased = await beginNext(watch, incarnation);
      await checking; // it may have begun before the release
      await check();
      return isReleased;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      db.pool.off('error', onLoss);
      mirror?.close();
    },
  };
}

async function compare(watch: Watch): Promise<void> {
  const lossesBefore = watch.losses;
  const [row, mirrored] = await readBoth(watch);
  const verdict = row.held_since ? 'held' : judgeEpoch(row, mirrored);
  if (verdict === 'wait')
    warnOnce(
      watch,
      'The database has moved and Redis does not answer, so nothing starts until it does. Look at REDIS_URL.',
    );
  else if (verdict === 'held') adopt(watch, row);
  else if (verdict === 'current') {
    adopt(watch, row);
    await advance(watch, row, mirrored);
  } else {
    const lostUntil = typeof mirrored === 'object' && mirrored.counter > row.counter ? mirrored.at.toISOString() : null;
    await watch.db.query(HOLD, { incarnation: row.incarnation, reason: verdict, lostUntil });
    adopt(watch, await findEpoch(watch.db));
  }
  watch.isVerified = verdict !== 'wait' && watch.losses === lossesBefore;
}

type KnownRow = EpochRow & { incarnation: string };

/** Reads the mirror before the row, so that in one history the mirror is never newer than the row. */
async function readBoth(watch: Watch): Promise<[KnownRow, Mirrored]> {
  for (;;) {
    const asked = watch.incarnation;
    const mirrored = asked === null ? undefined : await askMirror(watch, asked);
    const row = await findEpoch(watch.db);
    if (row.incarnation === null) await watch.db.query(BEGIN, { here: row.here });
    else if (mirrored !== undefined && row.incarnation === asked) return [{ ...row, incarnation: asked }, mirrored];
    watch.incarnation = row.incarnation;
  }
}

const askMirror = ({ mirror }: Watch, incarnation: string): Promise<Mirrored> =>
  mirror
    ? mirror.read(incarnation).then(
        (known) => known ?? 'none',
        () => 'away',
      )
    : Promise.resolve('none');

/** Takes over the hold of the row, or its end. */
function adopt(watch: Watch, row: EpochRow): void {
  const { held_reason: reason, held_since: since, incarnation } = row;
  const before = watch.hold;
  if (!since || !reason || incarnation === null) {
    watch.hold = undefined;
    if (before) watch.log.warn('dispatch is no longer held');
    return;
  }
  const message = MESSAGES[reason];
  watch.hold = { reason, message, since, incarnation, databaseAsOf: row.advanced_at, lostUntil: row.lost_until };
  if (!before) watch.log.error({ alert: 'dispatch_held', reason }, message);
}

/** Raises the counter, if nobody has within the period, and tells the mirror. */
async function advance(watch: Watch, row: KnownRow, mirrored: Mirrored): Promise<void> {
  const { db, mirror } = watch;
  const { incarnation, here } = row;
  warnOnce(watch, mirror ? warningOf(row, mirrored) : '');
  const isDue = row.age_ms > CHECK_MS * 0.9 || row.location !== here;
  const [advanced] = isDue ? await db.query(ADVANCE, { incarnation, here }) : [];
  const { counter, advanced_at: at } = advanced ?? row;
  const known = typeof mirrored === 'object' ? mirrored.counter : -1;
  if (mirror && mirrored !== 'away' && counter > known)
    await mirror.write(incarnation, counter, at).catch(() => undefined); // the next check writes it
}

function warningOf({ counter }: EpochRow, mirrored: Mirrored): string {
  if (mirrored === 'away')
    return 'Redis does not answer, so a restore of the database would not be noticed before it does.';
  if (mirrored === 'none' && counter > 0)
    return 'Redis does not know this database: it was emptied or replaced. The database has not moved, so work goes on.';
  return '';
}

function warnOnce(watch: Watch, text: string): void {
  if (text && text !== watch.lastWarning) watch.log.warn(text);
  watch.lastWarning = text;
}

/** Ends the hold of that history, and begins another. False = it is not held. */
async function beginNext({ db, mirror, log }: Watch, incarnation: string): Promise<boolean> {
  const { here } = await findEpoch(db);
  const [next] = await db.query(RELEASE, { incarnation, here });
  if (next && mirror)
    await mirror
      .supersede(incarnation)
      .then(() => mirror.write(next.incarnation, next.counter, next.advanced_at))
      .catch(() => log.warn('Redis does not answer, so an older copy of the database would not notice this one'));
  return next !== undefined;
}
