import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local-server/dist/ports.js';
import { testDir } from './test-server.mjs';

const startTimeoutMs = 10_000;

/** Starts a Redis for this run; undefined if the machine has none. With CI=true that is an error. */
export async function startRedis() {
  await clearLeftOvers();
  const program = (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, 'redis-server'))
    .find(isProgram);
  if (program === undefined) {
    const missing = 'There is no redis-server on the PATH';
    if (process.env.CI === 'true') throw new Error(`${missing}, and CI=true: install it (Debian: redis-server).`);
    console.warn(`\n${missing}: the tests on Redis are skipped.`);
    return undefined;
  }
  const dir = dirOf(process.pid);
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const options = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', 'maxmemory-policy': 'noeviction' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.unref();
  writeFileSync(join(dir, 'pid'), String(child.pid));
  await untilListening(port);
  return `redis://127.0.0.1:${port}`;
}

export async function stopRedis(owner = process.pid) {
  const dir = dirOf(owner);
  const file = join(dir, 'pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  for (const deadline = Date.now() + 5_000; isRedis(pid) && Date.now() < deadline; await sleep(50)) {
    process.kill(pid, 'SIGTERM');
  }
  rmSync(dir, { recursive: true, force: true });
}

const dirOf = (owner) => join(testDir, `redis-${owner}`);

/** Removes what killed runs left. */
async function clearLeftOvers() {
  if (!existsSync(testDir)) return;
  const owners = readdirSync(testDir).flatMap((name) => /^redis-(\d+)$/.exec(name)?.[1] ?? []);
  for (const owner of owners) if (commandOf(owner) === undefined) await stopRedis(owner);
}

const isRedis = (pid) => commandOf(pid)?.startsWith('redis-server') ?? false;

/** Undefined if the process is gone, or a zombie. */
function commandOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /\) Z /.test(stat) ? undefined : readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function untilListening(port) {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(20)) {
    const answers = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.unref().once('connect', () => socket.destroy());
    });
    if (answers) return;
  }
  throw new Error(`redis-server does not answer on port ${port} within ${startTimeoutMs / 1000} s.`);
}
