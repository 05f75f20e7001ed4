import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StartedProcess {
  pid: number;
  output(): string;
  /** Its exit code, when it has ended. */
  ended(): Promise<number | null>;
  stop(): Promise<void>;
}

const KILL_AFTER_MS = 10_000;

/** Starts a program and keeps the end of what it prints. */
export function startProcess(program: string, args: string[], env: Record<string, string> = {}): StartedProcess {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output = (output + text.toString()).slice(-20_000)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (child.pid === undefined) throw new Error(`${program} did not start`);
  return {
    pid: child.pid,
    output: () => output,
    ended: () => ended,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

export const startNode = (args: string[], env?: Record<string, string>): StartedProcess =>
  startProcess(process.execPath, args, env);

/** Waits until `url` answers with a success. Throws with what the process printed. */
export async function untilReady(started: StartedProcess, url: string, timeoutMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(50)) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply?.ok) return;
  }
  throw new Error(`${url} does not answer: ${started.output()}`);
}

const TICKS_PER_SECOND = 100; // USER_HZ of every Linux that we know

interface Usage {
  cpuMs: number;
  rssBytes: number;
}

/** A process with all its children: CPU since their start, and resident memory (shared pages count once a process). */
export function usageOf(pid: number): Usage {
  const children = childrenByParent();
  const total = { cpuMs: 0, rssBytes: 0 };
  for (const queue = [pid]; queue.length > 0;) {
    const one = queue.pop() ?? pid;
    const { cpuMs, rssBytes } = usageOfOne(one);
    total.cpuMs += cpuMs;
    total.rssBytes += rssBytes;
    queue.push(...(children.get(one) ?? []));
  }
  return total;
}

function usageOfOne(pid: number): Usage {
  try {
    const fields = statFields(pid);
    const private_ = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    // With the ended children that it has waited for (cutime, cstime): PostgreSQL's backends come and go.
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
    return { cpuMs: (ticks * 1_000) / TICKS_PER_SECOND, rssBytes: Number(private_ ?? 0) * 1_024 };
  } catch {
    return { cpuMs: 0, rssBytes: 0 };
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(statFields(Number(name))[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended meanwhile.
    }
  }
  return children;
}

/** Of /proc/PID/stat, what follows the name (proc(5)): state, parent, … */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

export interface Cost {
  /** CPU while it was watched, in milliseconds. */
  cpuMs: number;
  /** The highest proportional set size that was seen. */
  peakBytes: number;
}

/** Watches processes by role until it is stopped. */
export function watch(processes: Record<string, number>): () => Record<string, Cost> {
  const before = Object.entries(processes).map(([role, pid]) => ({ role, pid, cpuMs: usageOf(pid).cpuMs, peak: 0 }));
  const look = (): void => {
    for (const one of before) one.peak = Math.max(one.peak, usageOf(one.pid).rssBytes);
  };
  const timer = setInterval(look, 500);
  return () => {
    clearInterval(timer);
    look();
    return Object.fromEntries(
      before.map(({ role, pid, cpuMs, peak }) => [role, { cpuMs: usageOf(pid).cpuMs - cpuMs, peakBytes: peak }]),
    );
  };
}
