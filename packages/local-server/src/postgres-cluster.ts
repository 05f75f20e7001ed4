import { randomBytes } from 'node:crypto';
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, PostgresRefusal, type RunAs, runProgram } from './postgres-binaries.ts';

export type PidFile = { pid: number; port: number };

/** The content of postmaster.pid. It outlives a killed server, so only the server itself can confirm it. */
export function readPidFile(dataDir: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return pid > 0 ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}

/** The superuser's password, stored next to the data directory and readable only by this user. */
export function readPassword(dataDir: string): string {
  try {
    return readFileSync(passwordFile(dataDir), 'utf8').trim();
  } catch {
    throw new PostgresRefusal(
      `The password of the database in ${dataDir} cannot be read from ${passwordFile(dataDir)}: restore that file, or move the data directory away to start afresh.`,
    );
  }
}

const passwordFile = (dataDir: string) => `${dataDir}.password`;

/** True if `dataDir` holds a cluster that `major` can serve, false if it is empty; otherwise refuses. */
export function hasCluster(dataDir: string, major: string): boolean {
  const names = list(dataDir);
  if (names.length === 0) return false;
  if (!names.includes('PG_VERSION')) {
    throw new PostgresRefusal(
      `${dataDir} is not empty and not a PostgreSQL data directory: move it away to start afresh.`,
    );
  }
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (found !== major) {
    throw new PostgresRefusal(
      `${dataDir} was made by PostgreSQL ${found || '(unknown)'}, but this is PostgreSQL ${major}: move it away, or dump and restore it.`,
    );
  }
  return true;
}

function list(dataDir: string): string[] {
  try {
    return readdirSync(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new PostgresRefusal(`${dataDir} is not a directory: move it away to start afresh.`);
    if (code !== 'EACCES') throw error;
    throw new PostgresRefusal(
      `${dataDir} belongs to user ${statSync(dataDir).uid}: start as that user, or move it away.`,
    );
  }
}

/**
 * Creates a cluster. It gets its final name only when it is complete, so that an interrupted one never looks like a
 * cluster.
 */
export async function initCluster(binaries: Binaries, dataDir: string, as: RunAs): Promise<void> {
  const unfinished = `${dataDir}.init`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile(dataDir), `${password}\n`, { mode: 0o600 });
  const forInitdb = `${unfinished}.password`;
  writeFileSync(forInitdb, password, { mode: 0o600 });
  for (const path of [unfinished, forInitdb]) chownTo(path, as);
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = [
    '-D',
    unfinished,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${forInitdb}`,
    ...locale,
    '--no-sync',
  ];
  try {
    await runProgram(binaries.initdb, args, as);
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(forInitdb, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

export function chownTo(path: string, { uid, gid }: RunAs): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/**
 * Deletes a postmaster.pid that a killed server left and that would keep a new one from starting. Its process is a
 * zombie, or the id now belongs to another program. Never while a server process still works in the directory.
 */
export async function clearStalePidFile(dataDir: string, waitMs: number): Promise<void> {
  const stale = readPidFile(dataDir);
  if (!stale || process.platform !== 'linux' || isServer(stale.pid)) return;
  for (const deadline = Date.now() + waitMs; worksIn(dataDir) && Date.now() < deadline;) await sleep(50);
  if (!worksIn(dataDir)) rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

function isServer(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.includes('(postgres)') && !/\) Z /.test(stat);
  } catch {
    return false;
  }
}

function worksIn(dataDir: string): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readlinkSync(`/proc/${name}/cwd`) === dataDir;
    } catch {
      return false;
    }
  });
}

/** The line of a program's or server's output that says why it failed. */
export function errorLine(output: string): string {
  const lines = output.trim().split('\n').slice(-20);
  const telling = lines.findLast((line) => /FATAL|PANIC|ERROR|error:/.test(line)) ?? lines.at(-1);
  return telling?.replace(/^.*?(FATAL|PANIC|ERROR|error): +/, '') || 'it does not say why';
}

export const defaultLogFile = (dataDir: string) => join(dirname(dataDir), `${basename(dataDir)}.log`);
