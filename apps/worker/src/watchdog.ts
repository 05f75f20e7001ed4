// A process whose event loop is blocked for good neither works nor dies: its leases expire, but no supervisor restarts
// it. So a thread checks whether the loop still turns, and kills the process if not. Held by
// tests/stories/poison.test.ts.
import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';

/**
 * How many checks find the loop blocked before the process is killed. Counts checks, not time, because a process that
 * was suspended as a whole is not blocked.
 */
const CHECKS = 10;

const WATCH = `
  const { writeSync } = require('node:fs');
  const { workerData: { cells, name, limitMs, looks } } = require('node:worker_threads');
  let seen = -1, still = 0;
  setInterval(() => {
    const now = Atomics.load(cells, 0);
    still = now === seen ? still + 1 : 0;
    seen = now;
    if (still <= looks || Atomics.load(cells, 1) === 1) return;
    const msg = 'the loop has been blocked for ' + limitMs / 1000 + ' s; the process ends, so that another one can start';
    writeSync(2, JSON.stringify({ level: 60, time: Date.now(), pid: process.pid, name, msg }) + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, limitMs / looks);
`;

/** Kills this process (SIGKILL) when its loop has been blocked for `limitMs`, unless a debugger is attached. */
export function startWatchdog(name: string, limitMs: number): void {
  // [how often the loop has turned, 1 if a debugger may halt it]
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const move = (): void => {
    Atomics.add(cells, 0, 1);
    Atomics.store(cells, 1, debuggerUrl() === undefined ? 0 : 1);
  };
  move();
  setInterval(move, limitMs / CHECKS / 2).unref();
  new Worker(WATCH, { eval: true, workerData: { cells, name, limitMs, looks: CHECKS } }).unref();
}
