import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop, type Pace } from './closed-loop.ts';
import { watch, type Cost } from './processes.ts';
import type { RunningSubject } from './subject.ts';

export interface Life {
  create: Pace;
  approve: Pace;
  /** Actions per second from the first create until each result was read back. */
  perSecond: number;
  costs: Record<string, Cost>;
}

const NOT_DONE_LIMIT_MS = 120_000;

/** `actions` are created, then each is approved, then each is read until it is completed. */
export async function liveThrough(
  subject: RunningSubject,
  { actions, connections, done }: { actions: number; connections: number; done: () => void },
): Promise<Life> {
  const stopWatching = watch(subject.processes);
  const begun = performance.now();
  const load = { count: actions, connections, done };
  const create = await closedLoop(load, (n) => subject.create(n));
  const ids = create.results;
  const approve = await closedLoop(load, (n) => subject.approve(ids[n] as string));
  const deadline = performance.now() + NOT_DONE_LIMIT_MS;
  for (let left = ids; left.length > 0;) {
    const open: string[] = [];
    await closedLoop({ count: left.length, connections, done: () => undefined }, async (n) => {
      if (!(await subject.isCompleted(left[n] as string))) open.push(left[n] as string);
      else done();
    });
    left = open;
    if (performance.now() > deadline) throw new Error(`${left.length} of ${actions} actions did not complete`);
    if (left.length > 0) await sleep(50);
  }
  const seconds = (performance.now() - begun) / 1_000;
  return { create, approve, perSecond: actions / seconds, costs: stopWatching() };
}
