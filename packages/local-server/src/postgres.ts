import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, statfsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { holdLock, LockHeld } from './lock-file.ts';
import { listenOnce } from './ports.ts';
import {
  type Binaries,
  checkReachable,
  chooseUser,
  findBinaries,
  PostgresRefusal,
  ProgramFailed,
  type RunAs,
  runProgram,
} from './postgres-binaries.ts';
import {
  clearStalePidFile,
  defaultLogFile,
  chownTo,
  hasCluster,
  initCluster,
  errorLine,
  readPassword,
  readPidFile,
} from './postgres-cluster.ts';

export type PostgresOptions = {
  dataDir: string;
  /** The first port to try; 0 = any free one. */
  port?: number;
  /** Server settings, as in postgresql.conf; an adopted server keeps its own. */
  settings?: Record<string, string>;
  /** The server's log file; next to the data directory by default. */
  log?: string;
};

export type PostgresServer = {
  url: (database: string) => string;
  port: number;
  pid: number;
  dataDir: string;
  /** True if it was already running, for instance because whoever started it was killed. */
  adopted: boolean;
};

const startTimeoutMs = 15_000;

/**
 * Returns a PostgreSQL server on `dataDir`: created, started or adopted. Several processes may call it at the same
 * time; there is one server. It outlives this process until stopPostgres. Throws PostgresRefusal for a fault that a
 * person can fix.
 */
export async function ensurePostgres(options: PostgresOptions): Promise<PostgresServer> {
  try {
    mkdirSync(dirname(resolve(options.dataDir)), { recursive: true });
    const dataDir = join(realpathSync(dirname(resolve(options.dataDir))), basename(options.dataDir));
    const release = await holdLock(`${dataDir}.lock`, 60_000);
    try {
      return (await adopt(dataDir)) ?? (await start({ ...options, dataDir }));
    } finally {
      release();
    }
  } catch (error) {
    throw explain(error, options.dataDir);
  }
}

/** Stops the server on `dataDir`; false if none runs. */
export async function stopPostgres(dataDir: string): Promise<boolean> {
  await clearStalePidFile(dataDir, 2_000);
  if (!readPidFile(dataDir)) return false;
  try {
    await runProgram(
      findBinaries().pgCtl,
      ['stop', '-w', '-t', '30', '-m', 'fast', '-D', dataDir],
      chooseUser(dataDir),
    );
    return true;
  } catch (error) {
    await clearStalePidFile(dataDir, 2_000);
    if (!readPidFile(dataDir)) return false;
    throw error;
  }
}

/** Creates the database unless it exists. Returns its URL. */
export async function ensureDatabase(server: PostgresServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return server.url(name);
}

/** Waits for a server that is starting or stopping. */
async function adopt(dataDir: string): Promise<PostgresServer | undefined> {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(50)) {
    const found = readPidFile(dataDir);
    if (!found) return undefined;
    const password = readPassword(dataDir);
    const answer = await ask(found.port, password, dataDir);
    if (answer === 'serves') return describe(dataDir, password, true);
    if (answer === 'no') return undefined;
  }
  return undefined;
}

async function ask(port: number, password: string, dataDir: string): Promise<'serves' | 'wait' | 'no'> {
  const server = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' };
  const client = new pg.Client({ ...server, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>("select current_setting('data_directory') as dir");
    return rows[0]?.dir === dataDir ? 'serves' : 'no';
  } catch (error) {
    return (error as { code?: string }).code === '57P03' ? 'wait' : 'no';
  } finally {
    await client.end().catch(() => {});
  }
}

function describe(dataDir: string, password: string, adopted: boolean): PostgresServer {
  const running = readPidFile(dataDir);
  if (!running) throw new PostgresRefusal(`The PostgreSQL server on ${dataDir} stopped as soon as it had started.`);
  const url = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${running.port}/${database}`;
  return { ...running, url, dataDir, adopted };
}

async function start(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, log = defaultLogFile(dataDir) } = options;
  const binaries = findBinaries();
  const as = chooseUser(dataDir);
  if (as.uid !== undefined) for (const dir of [dirname(dataDir), dirname(binaries.postgres)]) checkReachable(dir);
  const version = await runProgram(binaries.postgres, ['--version'], as);
  const major = /\d+/.exec(version)?.[0] ?? '';
  if (!hasCluster(dataDir, major)) await initCluster(binaries, dataDir, as);
  const password = readPassword(dataDir);
  closeSync(openSync(log, 'a', 0o600));
  chownTo(log, as);
  await launch(binaries, as, { ...options, log });
  return describe(dataDir, password, false);
}

/** Right after a crash, the old server's children may hold the directory for a moment, so it retries for a while. */
async function launch(binaries: Binaries, as: RunAs, options: PostgresOptions & { log: string }): Promise<void> {
  const { dataDir, log, settings = {} } = options;
  for (const deadline = Date.now() + startTimeoutMs; ; await sleep(250)) {
    await clearStalePidFile(dataDir, deadline - Date.now());
    const port = await portFrom(options.port ?? 54_329);
    const given = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ...settings };
    const flags = Object.entries(given).map(([name, value]) => `-c ${name}='${value}'`);
    try {
      await runProgram(
        binaries.pgCtl,
        ['start', '-w', '-t', '60', '-D', dataDir, '-l', log, '-o', flags.join(' ')],
        as,
      );
      return;
    } catch (error) {
      const why = errorLine(readFileSync(log, 'utf8'));
      if (isDiskFull(`${why} ${String(error)}`) || hasNoSpace(dataDir)) throw diskFull(dataDir);
      const passing = /postmaster\.pid|shared memory|Address already in use|could not create any TCP/.test(why);
      if (passing && Date.now() < deadline) continue;
      if (!(error instanceof ProgramFailed)) throw error;
      throw new PostgresRefusal(`PostgreSQL does not start on ${dataDir}: ${why} (see ${log}).`);
    }
  }
}

async function portFrom(from: number): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    const free = await listenOnce(port);
    if (typeof free === 'number') return free;
    if (from === 0) break;
  }
  throw new PostgresRefusal(`No port between ${from} and ${from + 99} is free for PostgreSQL.`);
}

const isDiskFull = (text: string) => /ENOSPC|No space left|wrote only \d+ of|Check free disk space/.test(text);
/** With a full disk, the server cannot even log why it stopped. */
const hasNoSpace = (dir: string) => statfsSync(dir).bavail * statfsSync(dir).bsize < 2 ** 20;
const diskFull = (dataDir: string) => new PostgresRefusal(`There is no space left on the disk of ${dataDir}.`);

function explain(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error) || error instanceof PostgresRefusal) return error;
  if (isDiskFull(error.message)) return diskFull(dataDir);
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new PostgresRefusal(
      `${dirname(path ?? dataDir)} cannot be written by this user: choose another data directory, or change its owner.`,
    );
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return new PostgresRefusal(`${path ?? dataDir} is not a directory.`);
  if (error instanceof LockHeld)
    return new PostgresRefusal(`Process ${error.pid} has been starting PostgreSQL on ${dataDir} for a minute.`);
  if (error instanceof ProgramFailed)
    return new PostgresRefusal(`PostgreSQL cannot make its data directory ${dataDir}: ${errorLine(error.output)}.`);
  return error;
}
