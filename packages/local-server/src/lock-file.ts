import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export class LockHeld extends Error {
  readonly pid: number;

  constructor(file: string, pid: number) {
    super(`${file} is held by process ${pid}.`);
    this.pid = pid;
  }
}

/**
 * Takes the lock `file` for this process and returns a function that releases it. A lock whose process is gone does not
 * count. Throws LockHeld if another process still holds it after `waitMs`.
 */
export async function holdLock(file: string, waitMs = 0): Promise<() => void> {
  const mine = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, identityOf(process.pid) ?? String(process.pid), { mode: 0o644 });
  try {
    for (const deadline = Date.now() + waitMs; ; await sleep(50)) {
      if (linked(mine, file)) return () => rmSync(file, { force: true });
      const holder = read(file);
      if (holder === undefined) continue;
      if (!isAlive(holder)) discard(file, holder);
      else if (Date.now() >= deadline) throw new LockHeld(file, Number(holder.split(' ')[0]));
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Moves it away before deleting it: since we looked, another process may have put its own lock there. */
function discard(file: string, holder: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== holder) linked(aside, file);
  rmSync(aside, { force: true });
}

function isAlive(holder: string): boolean {
  const [pid = '', startedAt] = holder.split(' ');
  if (process.platform === 'linux') {
    const now = identityOf(Number(pid));
    return now !== undefined && (startedAt === undefined || now === holder);
  }
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** "pid starttime": a process id alone is soon reused, above all in containers. A zombie counts as gone. */
function identityOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
}
