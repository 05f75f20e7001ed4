import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './config.ts';

export interface Part {
  name: string;
  /** The program's path from the root of the repository. */
  entry: string;
  env: Record<string, string>;
  /** Receives its output line by line, and reports of its restarts. */
  say: (line: string) => void;
  /** Called once, if it keeps ending right after its start. */
  onGivenUp: (fault: Error) => void;
}

export interface SupervisedPart {
  stop: () => Promise<void>;
}

const fastMs = 10_000;
const fastFailuresMax = 5;
const restartMs = 200;
const restartMsMax = 10_000;
const killAfterMs = 10_000;
const linesKept = 20;

/** Keeps a program running until `stop`, which sends SIGTERM and later SIGKILL. */
export function supervise(part: Part): SupervisedPart {
  let stopping = false;
  let child: ChildProcess;
  let restart: NodeJS.Timeout | undefined;
  let fastFailures = 0;
  const lines: string[] = [];

  const launch = () => {
    const startedAt = Date.now();
    child = start(part, lines);
    child.once('exit', (code, signal) => {
      if (stopping) return;
      fastFailures = Date.now() - startedAt < fastMs ? fastFailures + 1 : 0;
      const how = signal ? `was killed (${signal})` : `ended (${code})`;
      if (fastFailures >= fastFailuresMax) {
        return part.onGivenUp(new Error(`${lines.join('\n')}\n${part.name} ${how} ${fastFailures} times in a row.`));
      }
      const waitMs = Math.min(restartMsMax, restartMs * 2 ** fastFailures);
      part.say(`${part.name} ${how}; restarting in ${waitMs} ms`);
      restart = setTimeout(launch, waitMs);
    });
  };
  launch();

  return {
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      await end(child);
    },
  };
}

/**
 * Detached: a terminal's Ctrl-C reaches its whole process group, but parts must end in order. The IPC channel closes
 * when the supervisor is gone, which tells the program to stop.
 */
function start({ name, entry, env, say }: Part, lines: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: root,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.on('error', (error) => say(`${name} | ${error.message}`));
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > linesKept) lines.shift();
      say(`${name.padEnd(6)} | ${line}`);
    });
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = new AbortController();
  const late = sleep(killAfterMs, 'late', { signal: timer.signal }).catch(() => undefined);
  if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL');
  timer.abort();
  await exited;
}
