import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '@proviso/testing';

/** Does what jest's set-up and tear-down do, in a separate process that ends on request. */
const RUN = `
import setUp from './global-setup.mjs';
import tearDown from './global-teardown.mjs';
await setUp();
const { TEST_PG_URL, TEST_REDIS_URL = '' } = process.env;
console.log(JSON.stringify({ postgres: TEST_PG_URL, redis: TEST_REDIS_URL }));
await new Promise((resolve) => process.stdin.once('data', resolve));
await tearDown();
process.exit();`;

interface TestRun {
  child: ChildProcess;
  postgres: string;
  redis: string;
  end(): Promise<void>;
}

describe('the servers of a test run', () => {
  const clones: string[] = [];
  const runs: TestRun[] = [];
  /** The part of a clone that starts servers. */
  function clone(): string {
    const dir = mkdtempSync(path.join(tmpdir(), 'proviso-clone-'));
    chmodSync(dir, 0o755); // PostgreSQL does not run as root, and must be able to enter
    for (const part of [
      'packages/testing/jest',
      'packages/testing/package.json',
      'packages/local-server/dist',
      'packages/local-server/package.json',
      'prisma',
      'tools',
    ])
      cpSync(part, path.join(dir, part), { recursive: true });
    symlinkSync(path.resolve('node_modules'), path.join(dir, 'node_modules'));
    symlinkSync(path.resolve('packages/core'), path.join(dir, 'packages/core'));
    mkdirSync(path.join(dir, '.proviso'));
    writeFileSync(path.join(dir, 'packages/testing/jest/run.mjs'), RUN);
    clones.push(dir);
    return dir;
  }
  afterAll(async () => {
    for (const { child } of runs) child.kill('SIGKILL');
    for (const dir of clones) {
      await until('its server to be gone', () => !postgresOf(dir), 20_000);
      rmSync(dir, { recursive: true, force: true });
    }
  });

  async function start(dir: string): Promise<TestRun> {
    const child = spawn(process.execPath, [path.join(dir, 'packages/testing/jest/run.mjs')], { cwd: dir });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until(`the servers: ${output}`, () => output.includes('}') || child.exitCode !== null, 60_000);
    const servers = JSON.parse(output.slice(output.indexOf('{'))) as { postgres: string; redis: string };
    const end = async (): Promise<void> => {
      child.stdin.write('\n');
      expect(await once(child, 'exit')).toEqual([0, null]);
    };
    const run = { child, ...servers, end };
    runs.push(run);
    return run;
  }

  /** The process id of a clone's PostgreSQL, while it lives. */
  function postgresOf(dir: string): string | undefined {
    try {
      const [pid = ''] = readFileSync(path.join(dir, '.proviso/test/postgres/postmaster.pid'), 'utf8').split('\n');
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir) ? pid : undefined;
    } catch {
      return undefined;
    }
  }
  const portOf = (url: string): string => new URL(url).port;

  it('stop when the last run of the clone has ended, and not before', async () => {
    const dir = clone();
    const first = await start(dir);
    const second = await start(dir);
    expect(portOf(second.postgres)).toBe(portOf(first.postgres));
    await first.end();
    expect(postgresOf(dir)).toBeDefined();
    await second.end();
    expect(postgresOf(dir)).toBeUndefined();
  }, 90_000);

  it('stop soon after their run was killed', async () => {
    const dir = clone();
    const { child, redis } = await start(dir);
    expect(postgresOf(dir)).toBeDefined();
    child.kill('SIGKILL');
    await until('PostgreSQL to be gone', () => !postgresOf(dir), 20_000);
    const answers = () =>
      fetch(`http://127.0.0.1:${portOf(redis)}`).then(
        () => true,
        ({ cause }: Error) => (cause as { code?: string }).code !== 'ECONNREFUSED',
      );
    if (redis) await until('Redis to be gone', async () => !(await answers()), 20_000);
    const again = await start(dir);
    await again.end();
    expect(postgresOf(dir)).toBeUndefined();
  }, 90_000);

  it('are separate for each clone', async () => {
    const [one, other] = await Promise.all([start(clone()), start(clone())]);
    expect(portOf(one.postgres)).not.toBe(portOf(other.postgres));
    expect(portOf(one.redis) || '0').not.toBe(portOf(other.redis));
    await Promise.all([one.end(), other.end()]);
  }, 90_000);
});
