import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePostgres } from '../dist/postgres.js';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const testDir = join(root, '.proviso/test');

/** The server that tests run on. Fast because it may lose its data in a crash; left running for the next run. */
export function ensureTestServer() {
  return ensurePostgres({
    dataDir: join(testDir, 'postgres'),
    port: 54_429,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      max_connections: '200',
      shared_buffers: '64MB',
    },
  });
}
