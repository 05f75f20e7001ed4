import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdLock, LockHeld } from '../../local-server/dist/lock-file.js';
import { ensurePostgres, stopPostgres } from '../../local-server/dist/postgres.js';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const testDir = join(root, '.proviso/test');
const dataDir = join(testDir, 'postgres');
/** One file per process that uses the server. */
const usersDir = join(testDir, 'users');

let leave;

/**
 * The server of the tests, on any free port; all runs in this clone share it. It is fast because it may lose its data
 * in a crash. The last run to end stops it, even if that run is killed: its keeper outlives it.
 */
export async function ensureTestServer() {
  if (leave === undefined) {
    mkdirSync(usersDir, { recursive: true });
    leave = await holdLock(join(usersDir, String(process.pid)));
    const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.mjs'), String(process.pid)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    keeper.unref();
    keeper.stdin.unref(); // closes with this process, whatever ends it
  }
  return ensurePostgres({
    dataDir,
    port: 0,
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

/** Stops the server unless another run uses it. */
export async function releaseTestServer() {
  leave?.();
  leave = undefined;
  const release = await holdLock(`${dataDir}.lock`, 60_000); // no run starts or adopts it meanwhile
  try {
    if ((await users()).length === 0) await stopPostgres(dataDir);
  } finally {
    release();
  }
}

/** The live ones; removes the files of the others. */
async function users() {
  const alive = [];
  for (const name of readdirSync(usersDir).filter((file) => /^\d+$/.test(file))) {
    try {
      (await holdLock(join(usersDir, name)))();
    } catch (error) {
      if (!(error instanceof LockHeld)) throw error;
      alive.push(name);
    }
  }
  return alive;
}
