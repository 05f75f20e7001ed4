import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@proviso/local-server/ports';
import { until } from './until.ts';
import { TEST_KEYS } from './world.ts';

/** The built product as an operator runs it: `node apps/<name>/dist/main.js` with an environment. */
export interface Running {
  pid: number;
  /** Everything that it wrote. */
  output(): string;
  /** Settles with its exit code when it has ended; null = a signal ended it. */
  ended(): Promise<number | null>;
  /** Sends a signal that does not end it, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void;
  /** Kills it, with SIGKILL by default; settles when the process has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Sends SIGTERM and resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Its next message after this one, over IPC; rejects when it ends. */
  ask(message: string): Promise<unknown>;
}

export interface Api extends Running {
  url: string;
}

const ROOT = process.cwd();

/** Starts a process from the repository's root, with only `env` and PATH. */
export function startProcess(args: string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // the channel closes with us, and what listens to it stops
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const gone = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
    return child.exitCode;
  };
  return {
    pid: pidOf(child),
    output: () => output,
    ended: async () => {
      await gone;
      return child.exitCode;
    },
    signal: (signal) => void child.kill(signal),
    kill: async (signal = 'SIGKILL') => void (await end(signal)),
    stop: () => end('SIGTERM'),
    ask: async (message) => {
      const over = gone.then(() => Promise.reject(new Error(`it ended: ${output}`)));
      const answer = once(child, 'message');
      child.send(message);
      const [said] = (await Promise.race([answer, over])) as [unknown];
      return said;
    },
  };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the process did not start');
  return pid;
}

export interface FleetSettings {
  databaseUrl: string;
  redisUrl?: string | undefined;
  /** More environment, for api and workers alike. */
  env?: Record<string, string>;
}

const environmentOf = ({ databaseUrl, redisUrl, env = {} }: FleetSettings): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  ...(redisUrl && { REDIS_URL: redisUrl }),
  PROVISO_RATE_LIMIT: '1000000', // a story is in a hurry
  PROVISO_ALLOW_UNSAFE_STORAGE: 'true', // the test cluster runs with fsync=off
  PROVISO_SECRET_KEYS: TEST_KEYS,
  PROVISO_ALLOW_PRIVATE_ADDRESSES: 'true', // the providers of stories are on this machine
  LOG_LEVEL: 'warn',
  ...env,
});

/** Starts an api process at `url` and waits until it answers. `options` are Node's. */
export async function startApi(settings: FleetSettings, options: string[] = []): Promise<Api> {
  const port = await freePort();
  const api = startProcess([...options, 'apps/api/dist/main.js'], { ...environmentOf(settings), PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  await ready(api, `${url}/livez`);
  return { ...api, url };
}

/** Starts a worker process with short times: lease 3 s, heartbeat and sweep 1 s. Its health and metrics are at `url`. */
export async function startWorker(settings: FleetSettings): Promise<Running & { url: string }> {
  const port = await freePort();
  const worker = startProcess(['apps/worker/dist/main.js'], {
    PROVISO_LEASE_MS: '3000',
    PROVISO_HEARTBEAT_MS: '1000',
    PROVISO_SWEEP_MS: '1000',
    PROVISO_BACKOFF_MS: '500',
    ...environmentOf(settings),
    PROVISO_WORKER_PORT: String(port),
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(worker, `${url}/livez`);
  return { ...worker, url };
}

/** It takes seconds on an idle machine. */
const START_LIMIT_MS = 60_000;

/** Throws with its output if it ends or takes too long; then nothing of it is left. */
async function ready(process: Running, url: string): Promise<void> {
  let isOver = false;
  void process.ended().then(() => (isOver = true));
  const answers = (): Promise<boolean> =>
    fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      (reply) => reply.ok,
      () => isOver,
    );
  try {
    await until(`${url} to answer`, answers, START_LIMIT_MS);
  } catch (error) {
    await process.kill();
    throw new Error(`${(error as Error).message}: ${process.output()}`, { cause: error });
  }
  if (isOver) throw new Error(`it ended at its start: ${process.output()}`);
}

export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export type Client = ReturnType<typeof clientOf>;

/** A client of /v1 with the token that a test holds. */
export const clientOf =
  (url: string, token: string) =>
  async <Body = Record<string, unknown>>(
    method: string,
    address: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> => {
    const reply = await fetch(url + address, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Body };
  };
