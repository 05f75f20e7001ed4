import type * as coreModule from '@proviso/core';
import type { Database, KeyRing } from '@proviso/core';
import { instanceEnvironment } from '../config.ts';
import { attempt, failure, ok, skipped, warning, type Finding } from './finding.ts';

const SKEW_MS_MAX = 2_000;

type Core = typeof coreModule;

/** What an operator can see who has the environment of the api and the worker. Core is loaded only for this. */
export async function checkInstance(): Promise<Finding[]> {
  const { DATABASE_URL: url, REDIS_URL: redisUrl } = instanceEnvironment();
  if (!url) return [skipped('database', 'DATABASE_URL is not set, so the instance was not checked from inside')];
  const core = await import('@proviso/core');
  const db = core.openDatabase({ url, poolMax: 1, name: 'proviso-doctor', queryTimeoutMs: 10_000 });
  try {
    const reached = await attempt('database', 'Is PostgreSQL running, and is DATABASE_URL its address?', async () => {
      await db.pool.query('select 1');
      return ok('database', 'answers');
    });
    if (reached.state !== 'ok') return [reached];
    const migrated = await checkMigrations(core, db);
    return [
      reached,
      await checkDurability(core, db),
      await checkDatabaseClock(db),
      migrated,
      ...(migrated.state === 'failed' ? [] : [await checkSecrets(core, db), await checkQueue(core, url, redisUrl)]),
    ];
  } finally {
    await db.close();
  }
}

const checkDurability = (core: Core, db: Database): Promise<Finding> =>
  attempt('durability', 'Set PROVISO_ALLOW_UNSAFE_STORAGE only for tests.', async () => {
    await core.checkDurability(db, false);
    return ok('durability', 'PostgreSQL loses nothing that it has confirmed');
  });

const checkDatabaseClock = (db: Database): Promise<Finding> =>
  attempt('db clock', 'Try again.', async () => {
    const sentAt = Date.now();
    const { rows } = await db.pool.query<{ now: Date }>('select clock_timestamp() as now');
    const skewMs = Math.abs((rows[0]?.now.getTime() ?? 0) - (sentAt + Date.now()) / 2);
    if (skewMs <= SKEW_MS_MAX) return ok('db clock', 'this machine and PostgreSQL agree');
    const says = `this machine and PostgreSQL differ by ${Math.round(skewMs / 1000)} s`;
    return warning(
      'db clock',
      says,
      'Synchronise both with NTP. Due times follow PostgreSQL; signatures follow this machine.',
    );
  });

const checkMigrations = (core: Core, db: Database): Promise<Finding> =>
  attempt('migrations', 'Stop the processes of the earlier version, then run npm run migrate.', async () => {
    const warnings: string[] = [];
    await core.checkMigrated(db, { warn: (...said: unknown[]) => void warnings.push(String(said.at(-1))) });
    const [first] = warnings;
    if (first) return warning('migrations', first, 'Check with the version that migrated the database.');
    return ok('migrations', 'all are applied');
  });

const checkSecrets = (core: Core, db: Database): Promise<Finding> =>
  attempt('secrets', 'Set PROVISO_SECRET_KEYS or PROVISO_SECRET_KEYS_FILE as the api has it.', async () => {
    const { PROVISO_SECRET_KEYS: keys, PROVISO_SECRET_KEYS_FILE: file } = instanceEnvironment();
    const ring: KeyRing = core.loadKeyRing({ keys: keys || undefined, file: file || undefined });
    const counts = await core.countSealed(db);
    const lost = [...counts.keys()].filter((id) => !ring.has(id));
    if (lost.length > 0)
      return failure(
        'secrets',
        `no key here opens what ${lost.join(', ')} sealed`,
        'Add these keys to PROVISO_SECRET_KEYS. Without them, those credentials are lost.',
      );
    if (ring.size === 0)
      return warning('secrets', 'no key is set', 'Set PROVISO_SECRET_KEYS to store credentials and tools.');
    const [first] = ring.keys();
    const old = [...counts.keys()].filter((id) => id !== first);
    if (old.length > 0)
      return warning('secrets', `${old.join(', ')} still seals secrets`, 'Run npm run secrets -- rotate.');
    return ok('secrets', 'the first key seals all of them');
  });

const checkQueue = (core: Core, databaseUrl: string, redisUrl: string | undefined): Promise<Finding> =>
  attempt('queue', 'Look at Redis and at REDIS_URL.', async () => {
    const warnings: string[] = [];
    const log = core.openLog('doctor', 'silent');
    log.warn = (...said: unknown[]) => void warnings.push(String(said.at(-1)));
    const queue = await core.openQueue({ redisUrl: redisUrl || undefined, databaseUrl, log });
    try {
      const name = queue.backend === 'redis' ? 'Redis' : 'the queue on PostgreSQL';
      if (!(await queue.isUp())) return failure('queue', `${name} does not answer`, 'Look at Redis and at REDIS_URL.');
      const [first] = warnings;
      if (first) return warning('queue', first, 'Set appendonly yes in redis.conf.');
      return ok('queue', `${name} answers`);
    } finally {
      await queue.close();
    }
  });
