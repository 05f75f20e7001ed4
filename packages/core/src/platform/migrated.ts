import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Database } from './db.ts';
import { sqlState } from './database-errors.ts';
import { AppError } from './errors.ts';

const SHIPPED = fileURLToPath(new URL('../../../../prisma/migrations/', import.meta.url));
const REMEDY = 'Run npm run migrate.';

interface Applied {
  name: string;
  finished: boolean;
}

/**
 * Refuses a database that lacks a migration of this version. One that has more is accepted with a warning: during a
 * rolling deployment, old processes keep running. Held by packages/core/test/database.test.ts.
 */
export async function checkMigrated({ pool }: Pick<Database, 'pool'>, log?: Pick<Logger, 'warn'>): Promise<void> {
  const { rows: made } = await pool.query<{ ours: boolean; queue: boolean }>(
    `select to_regclass('_prisma_migrations') is not null as ours, to_regnamespace('bullmq') is not null as queue`,
  );
  if (!made[0]?.ours) throw refusal(`The database is not migrated. ${REMEDY}`);
  const applied = await appliedTo(pool);
  if (!applied)
    return log?.warn('the database user cannot read _prisma_migrations, so the migrations cannot be checked');
  const unfinished = applied.filter(({ finished }) => !finished).map(({ name }) => name);
  if (unfinished.length > 0)
    throw refusal(`The database is only partly migrated: ${listOf(unfinished)} did not finish. ${REMEDY}`);
  const shipped = readdirSync(SHIPPED, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  const names = new Set(applied.map(({ name }) => name));
  const missing = shipped.filter((name) => !names.has(name));
  if (missing.length > 0)
    throw refusal(`The database is older than this version: it lacks ${listOf(missing)}. ${REMEDY}`);
  if (!made[0].queue) throw refusal(`The database is only partly migrated: it lacks the queue's schema. ${REMEDY}`);
  const newer = [...names].filter((name) => !shipped.includes(name));
  if (newer.length > 0)
    log?.warn({ newer }, 'the database is newer than this version: run the version that migrated it');
}

/** Undefined: the user may not read the table. A migration that was rolled back counts as not begun. */
async function appliedTo(pool: Database['pool']): Promise<Applied[] | undefined> {
  try {
    const { rows } = await pool.query<Applied>(
      `select migration_name as name, bool_or(finished_at is not null) as finished
       from _prisma_migrations where rolled_back_at is null group by 1`,
    );
    return rows;
  } catch (error) {
    if (sqlState(error) === '42501') return undefined;
    throw error;
  }
}

const refusal = (message: string): AppError => new AppError('UNAVAILABLE', message);

const LISTED_MAX = 3;
function listOf(names: string[]): string {
  const [shown, more] = [names.toSorted().slice(0, LISTED_MAX).join(', '), names.length - LISTED_MAX];
  return more > 0 ? `${shown} and ${more} more` : shown;
}
