// The row of database_epoch: how far the database's history has come, and where it is.
import { sqlState } from './database-errors.ts';
import type { Database } from './db.ts';
import { statement, type NoParams } from './statement.ts';

/** Why nothing starts. `operator`: written into the row by hand. */
export type HoldReason = 'behind' | 'moved' | 'superseded' | 'operator';

/** Between two checks, and about how often the counter is raised. Losses that are shorter are not noticed. */
export const CHECK_MS = 1_000;

export interface EpochRow {
  /** Null = no process has started yet. */
  incarnation: string | null;
  counter: number;
  advanced_at: Date;
  age_ms: number;
  location: string | null;
  /** Where the row is now. */
  here: string | null;
  held_since: Date | null;
  held_reason: HoldReason | null;
  lost_until: Date | null;
}

const IN_DATABASE = `current_database() || ' ' || (select oid from pg_database where datname = current_database())
      || ' ' || 'database_epoch'::regclass::oid`;
/** A restore with pg_restore changes the table's oid, another server the identifier, a promotion the timeline. */
const LOCATION = `(select system_identifier from pg_control_system()) || ' ' || ${IN_DATABASE}
      || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

const read = (name: string, location: string) =>
  statement<NoParams, EpochRow>(
    name,
    `
    select incarnation, counter, advanced_at, location, held_since, held_reason, lost_until,
      extract(epoch from clock_timestamp() - advanced_at)::float8 * 1000 as age_ms, ${location} as here
    from database_epoch`,
  );
const READ = read('epoch_read', LOCATION);
/** For servers that do not tell their identifier or timeline. */
const READ_INSIDE = read('epoch_read_inside', IN_DATABASE);
/** The server lacks a function of LOCATION, or refuses it. */
const LOCATION_REFUSED = new Set(['42501', '42883', '0A000', '55000']);

export const BEGIN = statement<{ here: string | null }>(
  'epoch_begin',
  `
    update database_epoch set incarnation = gen_random_uuid(), location = :here::text, advanced_at = clock_timestamp()
    where incarnation is null`,
);

/** The fleet raises it once per period: whoever comes first. */
export const ADVANCE = statement<{ incarnation: string; here: string | null }, { counter: number; advanced_at: Date }>(
  'epoch_advance',
  `
    update database_epoch set counter = counter + 1, advanced_at = clock_timestamp(), location = :here::text
    where incarnation = :incarnation::uuid and held_since is null
      and (location is distinct from :here::text
        or advanced_at < clock_timestamp() - ${CHECK_MS * 0.9} * interval '1 ms')
    returning counter, advanced_at`,
);

export const HOLD = statement<{ incarnation: string; reason: HoldReason; lostUntil: string | null }>(
  'epoch_hold',
  `
    update database_epoch set held_since = clock_timestamp(), held_reason = :reason, lost_until = :lostUntil::timestamptz
    where incarnation = :incarnation::uuid and held_since is null`,
);

export const RELEASE = statement<
  { incarnation: string; here: string | null },
  { incarnation: string; counter: number; advanced_at: Date }
>(
  'epoch_release',
  `
    update database_epoch set incarnation = gen_random_uuid(), counter = counter + 1, advanced_at = clock_timestamp(),
      location = :here::text, held_since = null, held_reason = null, lost_until = null
    where incarnation = :incarnation::uuid and held_since is not null
    returning incarnation, counter, advanced_at`,
);

/** Servers that refuse READ are asked for less from then on. */
const refusing = new WeakSet<Database>();

export async function findEpoch(db: Database): Promise<EpochRow> {
  const [row] = await db.query(refusing.has(db) ? READ_INSIDE : READ, {}).catch((error: unknown) => {
    if (refusing.has(db) || !LOCATION_REFUSED.has(sqlState(error) ?? '')) throw error;
    refusing.add(db);
    return db.query(READ_INSIDE, {});
  });
  if (!row) throw new Error('The table database_epoch has no row. Restore the whole database.');
  return row;
}
