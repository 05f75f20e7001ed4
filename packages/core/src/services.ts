import type { Logger } from 'pino';
import type { Services } from './access/context.ts';
import { checkDurability, openDatabase } from './platform/db.ts';
import { openEpoch } from './platform/epoch.ts';
import { openEpochMirror } from './platform/epoch-mirror.ts';
import type { CommonConfig } from './environment.ts';
import type { Registry } from './executors/registry.ts';
import { checkMigrated } from './platform/migrated.ts';
import { openQueue } from './platform/queue.ts';

export interface ServicesOptions {
  /** Visible in pg_stat_activity. */
  name: string;
  poolMax: number;
  executors: Registry;
  log: Logger;
}

/**
 * Opens what a process needs. Throws if the database is down, not migrated, or may lose acknowledged data. The queue
 * may be down.
 */
export async function openServices(config: CommonConfig, options: ServicesOptions): Promise<Services> {
  const { name, poolMax, executors, log } = options;
  const { databaseUrl, queryTimeoutMs, redisUrl, secrets, allowUnsafeStorage, timings } = config;
  const db = openDatabase({ url: databaseUrl, poolMax, name, queryTimeoutMs });
  await checkDurability(db, allowUnsafeStorage);
  await checkMigrated(db, log);
  // the client compiles itself on its first query, which would block everything else later
  await db.tables.pauses.findFirst();
  if (secrets.size === 0)
    log.warn('PROVISO_SECRET_KEYS is not set: identities with credentials can be neither stored nor used');
  const queue = await openQueue({ redisUrl, databaseUrl, log });
  const epoch = openEpoch({ db, mirror: redisUrl ? openEpochMirror(redisUrl, log) : undefined, log });
  await epoch.check();
  epoch.start();
  return { db, queue, epoch, executors, secrets, log, timings };
}
