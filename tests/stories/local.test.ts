import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Action } from '@proviso/contracts';
import { freePort } from '@proviso/local-server/ports';
import { clientOf, until } from '@proviso/testing';

const run = promisify(execFile);

interface Started {
  child: ChildProcess;
  output(): string;
  port: number;
  exit: Promise<number | null>;
}

/** `npm start` for a newcomer: one process on a machine with only Node. */
describe('npm start', () => {
  let dataDir: string;
  const started: ChildProcess[] = [];
  beforeEach(() => {
    mkdirSync('.proviso/test', { recursive: true });
    dataDir = path.resolve(mkdtempSync('.proviso/test/local-'));
    chmodSync(dataDir, 0o755); // PostgreSQL does not run as root, and must be able to enter
  });
  afterEach(async () => {
    for (const child of started.splice(0))
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await until('everything to be gone', () => leftovers().length === 0);
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<Started> {
    const port = Number(env.PORT ?? (await freePort()));
    const child = spawn(process.execPath, ['tools/start.mjs'], {
      env: { PATH: process.env.PATH, HOME: '', PROVISO_DATA_DIR: dataDir, PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // it stops with us, also when we are killed
    });
    started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    return { child, output: () => output, port, exit };
  }

  const startUp = async (env: Record<string, string> = {}): Promise<Started> => {
    const running = await start(env);
    await until(`npm start to be up: ${running.output()}`, () => running.output().includes('Ctrl-C'), 40_000);
    return running;
  };

  /**
   * Live processes whose environment or command names this test's data directory: everything that npm start started.
   */
  function leftovers(): string[] {
    return readdirSync('/proc').filter((pid) => {
      try {
        const of = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
        const ours = /^\d+$/.test(pid) && (of('environ').includes(dataDir) || of('cmdline').includes(dataDir));
        return ours && !/\) Z /.test(of('stat'));
      } catch {
        return false; // gone, or another user's
      }
    });
  }

  it('serves, prints a curl that works as printed, and leaves nothing running after Ctrl-C; the data survives', async () => {
    const PROVISO_API_KEY = `pv_testtest_${'k'.repeat(40)}`;
    const first = await startUp({ PROVISO_API_KEY });
    const url = `http://127.0.0.1:${first.port}`;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const curl = /^curl [\s\S]*?}'$/m.exec(first.output())?.[0];
    const { stdout } = await run('sh', ['-c', curl ?? 'exit 1']);
    const { action } = JSON.parse(stdout) as { action: Action };
    expect(action.status).toBe('pending_approval');
    const mail = /http:\S+(?=\s+as pages)/.exec(first.output())?.[0] ?? '';
    expect((await fetch(mail)).status).toBe(200);
    for (const address of ['/', '/messages']) expect((await fetch(new URL(address, mail))).status).toBe(404);
    first.child.kill('SIGINT');
    expect(await first.exit).toBe(0);
    await until('everything to be gone', () => leftovers().length === 0);

    const second = await startUp();
    expect(second.output()).toContain(mail); // the link still works
    const owner = clientOf(`http://127.0.0.1:${second.port}`, PROVISO_API_KEY);
    expect((await owner<{ action: Action }>('GET', `/v1/actions/${action.action_id}`)).body.action.status).toBe(
      'pending_approval',
    );
    const demo = await run(process.execPath, ['tools/demo.mjs'], {
      env: { PATH: process.env.PATH, PROVISO_DATA_DIR: dataDir, PORT: String(second.port) },
    });
    expect(demo.stdout).toMatch(/exactly one message/);
  }, 120_000);

  it('prints a link that signs the owner in to an inbox with an agent’s proposals, only the first time', async () => {
    const first = await startUp();
    const key = /Owner's API key\s+(\S+)/.exec(first.output())?.[1] ?? '';
    const [, url, token] = /(http:\S+)\/welcome#token=(\S+)/.exec(first.output()) ?? [];
    const headers = { 'Content-Type': 'application/json' };
    const signedIn = await fetch(`${url}/v1/sessions/link`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ token }),
    });
    const [cookie = ''] = signedIn.headers.getSetCookie();
    const seen = await fetch(`${url}/v1/actions`, { headers: { Cookie: cookie.split(';')[0] ?? '' } });
    const { actions } = (await seen.json()) as { actions: Action[] };
    expect(actions.map(({ type, status }) => [type, status]).sort()).toEqual([
      ['create_task', 'pending_approval'],
      ['email_message', 'pending_approval'],
      ['email_message', 'pending_approval'],
      ['escalate_to_human', 'pending_approval'],
      ['update_contact', 'pending_approval'],
    ]);
    const rejected = { action: 'reject', action_ids: actions.map(({ action_id }) => action_id) };
    const bulk = clientOf(`http://127.0.0.1:${first.port}`, key);
    expect((await bulk<{ processed: number }>('POST', '/v1/actions/approve/bulk', rejected)).body.processed).toBe(4); // a question is decided by itself
    first.child.kill('SIGINT');
    expect(await first.exit).toBe(0);
    const second = await startUp();
    const now = clientOf(`http://127.0.0.1:${second.port}`, key);
    expect((await now<{ actions: Action[] }>('GET', '/v1/actions')).body.actions).toHaveLength(5);
  }, 120_000);

  it('comes back with its data after kill -9 of everything', async () => {
    const first = await startUp();
    const key = /Owner's API key\s+(\S+)/.exec(first.output())?.[1] ?? '';
    const before = await clientOf(`http://127.0.0.1:${first.port}`, key)('GET', '/v1/auth/status');
    for (const pid of leftovers()) process.kill(Number(pid), 'SIGKILL');
    await first.exit;
    const second = await startUp();
    const after = await clientOf(`http://127.0.0.1:${second.port}`, key)('GET', '/v1/auth/status');
    expect(after.body).toEqual(before.body);
  }, 120_000);

  const FAULTS: [string, () => Promise<Record<string, string>> | Record<string, string>, RegExp][] = [
    [
      'a port that is taken',
      async () => ({ PORT: String(await taken()) }),
      /^Port \d+ is in use\..*PORT=\d+ npm start$/,
    ],
    [
      'a database that is not there',
      () => ({ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x' }),
      /^Cannot connect.*127\.0\.0\.1:1\.$/,
    ],
    ['a data directory that holds something else', () => spoiled(), /not a PostgreSQL data directory/],
    ['an environment with faults', () => ({ PORT: 'abc', PROVISO_API_KEY: 'x' }), /PORT/],
  ];
  it.each(FAULTS)(
    'ends with one sentence and exit 1: %s',
    async (_, env, sentence) => {
      const failed = await start(await env());
      expect(await failed.exit).toBe(1);
      const lines = failed.output().trim().split('\n');
      expect(lines.at(-1)).toMatch(sentence);
      expect(failed.output()).not.toMatch(/^\s+at /m);
    },
    60_000,
  );

  async function taken(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
    return (server.address() as { port: number }).port;
  }

  function spoiled(): Record<string, string> {
    mkdirSync(path.join(dataDir, 'postgres'));
    writeFileSync(path.join(dataDir, 'postgres/notes.txt'), 'mine');
    return {};
  }
});
