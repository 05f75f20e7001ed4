// One thread for all tenants' schemas. Workspaces take turns, one job each. A job that exceeds its time ends with the
// thread, and the next job gets a new one. Held by schema-pool.test.ts.
import { Worker } from 'node:worker_threads';
import { AppError } from '../platform/errors.ts';
import type { Answer, Job } from './schema-job.ts';

/** Wall-clock time, long enough that a busy machine does not refuse what takes a few milliseconds. */
const LIMIT_MS = 1_000;
/** Loading the thread is not counted against any job. */
const START_MS_MAX = 30_000;
/**
 * How long a schema that took too long is not tried again for its workspace. So a thousand such jobs cost as much as
 * one.
 */
const COOL_DOWN_MS = 10_000;
const COOLING_DOWN_MAX = 1_000;
const LIMITS = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };
/** How much text the waiting jobs of one workspace may hold. */
const WAITING_CHARS_MAX = 16 * 1024 * 1024;

/** The built file, in sources and in the build: a thread loads no TypeScript. */
const FILE = new URL('../../dist/schema/schema-thread.js', import.meta.url);

interface Waiting {
  job: Job;
  /** The workspace and the schema. */
  key: string;
  chars: number;
  answer(answer: Answer): void;
}

/** Waiting jobs by workspace. */
const waiting = new Map<string, Waiting[]>();
let thread: Worker | undefined;
/** Until when, by workspace and schema. */
const coolingDown = new Map<string, number>();
let working = false;
let served: string | undefined;

/**
 * Resolves with the thread's answer when it is the workspace's turn. Throws UNAVAILABLE if too much of it waits
 * already.
 */
export function runInThread(workspaceId: string, job: Job): Promise<Answer> {
  const jobs = waiting.get(workspaceId) ?? [];
  const chars = (job.schema?.length ?? 0) + (job.kind === 'input' ? job.input.length : 0);
  if (jobs.reduce((sum, one) => sum + one.chars, chars) > WAITING_CHARS_MAX)
    throw new AppError(
      'UNAVAILABLE',
      'Too many inputs of this workspace are waiting to be validated. Try again shortly.',
    );
  return new Promise((answer) => {
    jobs.push({ job, chars, answer, key: `${workspaceId} ${job.hash}` });
    waiting.set(workspaceId, jobs);
    void work();
  });
}

async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (let next = takeTurn(); next; next = takeTurn()) next.answer(await runUnlessCoolingDown(next));
  working = false;
}

/** Takes a job of the next workspace in turn. */
function takeTurn(): Waiting | undefined {
  const [first, second] = waiting.keys();
  const workspaceId = first === served ? (second ?? first) : first;
  if (workspaceId === undefined) return undefined;
  const jobs = waiting.get(workspaceId) ?? [];
  const next = jobs.shift();
  waiting.delete(workspaceId);
  if (jobs.length > 0) waiting.set(workspaceId, jobs); // to the end of the turns
  served = workspaceId;
  return next;
}

async function runUnlessCoolingDown({ job, key }: Waiting): Promise<Answer> {
  if (performance.now() < (coolingDown.get(key) ?? -Infinity)) return { kind: 'given_up' };
  const answer = await run(job);
  if (answer.kind !== 'given_up') return answer;
  coolingDown.delete(key);
  coolingDown.set(key, performance.now() + COOL_DOWN_MS);
  if (coolingDown.size > COOLING_DOWN_MAX) coolingDown.delete([...coolingDown.keys()][0] ?? '');
  return answer;
}

async function run(job: Job): Promise<Answer> {
  const isUsed = thread !== undefined;
  const startedAt = performance.now();
  try {
    thread ??= await start();
    return await answerOf(thread, LIMIT_MS, job);
  } catch {
    void thread?.terminate();
    thread = undefined;
    // Earlier jobs may have used up the memory: it gets a fresh thread, once.
    if (isUsed && performance.now() - startedAt < LIMIT_MS) return run(job);
    return { kind: 'given_up' };
  } finally {
    thread?.unref(); // an idle thread does not keep the process alive
  }
}

async function start(): Promise<Worker> {
  const worker = new Worker(FILE, { resourceLimits: LIMITS, execArgv: [], env: {} });
  worker.on('error', () => undefined); // whoever waits for its answer hears of it
  worker.once('exit', () => {
    if (thread === worker) thread = undefined;
  });
  await answerOf(worker, START_MS_MAX);
  return worker;
}

/** Resolves with its next message. Rejects if it ends or takes too long. */
function answerOf(worker: Worker, limitMs: number, job?: Job): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => (): void => {
      clearTimeout(timer);
      worker.off('message', hear).off('error', fail).off('exit', fail);
      done();
    };
    const fail = settle(() => reject(new Error('the schema worker thread ended')));
    const hear = (answer: Answer): void => settle(() => resolve(answer))();
    const timer = setTimeout(fail, limitMs);
    worker.on('message', hear).on('error', fail).on('exit', fail);
    worker.ref();
    if (job) worker.postMessage(job);
  });
}
