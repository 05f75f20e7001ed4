import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Action, DispatchReply } from '@proviso/contracts';
import { freePort } from '@proviso/local-server/ports';
import {
  backends,
  clientOf,
  openWorld,
  startApi,
  startWorker,
  until,
  type Running,
  type World,
} from '@proviso/testing';
import { startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';

const run = promisify(execFile);
const HOME = '/usr/lib/postgresql';
/** Of the newest PostgreSQL on this machine: the embedded one has no programs for backups. */
const BIN = existsSync(HOME) ? path.join(HOME, readdirSync(HOME).toSorted().at(-1) ?? '', 'bin') : '';
const redisUrl = backends().find(({ name }) => name === 'on redis')?.redisUrl;
if (process.env.CI && !existsSync(path.join(BIN, 'initdb')))
  throw new Error(`CI is set and there is no PostgreSQL in ${HOME}`);

/** The commands of docs/operations.md, by the name after `sh`. */
const BLOCKS = new Map(
  [...readFileSync('docs/operations.md', 'utf8').matchAll(/^```sh (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, name = '', commands = '']) => [name, commands],
  ),
);

jest.setTimeout(240_000);

(BIN && redisUrl ? describe : describe.skip)('docs/operations.md', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'proviso-restore-'));
  const [data, backups, restoredData] = ['data', 'backups', 'restored'].map((name) => path.join(folder, name));
  const servers: string[] = [];
  const processes: Running[] = [];
  let mail: FaultySmtpServer;
  let world: World | undefined;
  const as = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env'];

  const asServer = (program: string, ...args: string[]) =>
    run(as[0] as string, [...as.slice(1), path.join(BIN, program), ...args], { cwd: '/' });
  async function startServer(dataDir: string): Promise<(database: string) => string> {
    const port = await freePort();
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`;
    await asServer('pg_ctl', 'start', '-w', '-D', dataDir, '-l', `${dataDir}.log`, '-o', options);
    servers.push(dataDir);
    return (database) => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  }
  /** Runs the commands of that name as they are in the document. */
  async function runBlock(name: string, env: Record<string, string>): Promise<string> {
    const commands = BLOCKS.get(name);
    if (!commands) throw new Error(`docs/operations.md has no commands called ${name}`);
    BLOCKS.delete(name);
    const all = { ...process.env, PATH: `${BIN}:${process.env.PATH ?? ''}`, BACKUPS: backups as string, ...env };
    return (await run('bash', ['-euo', 'pipefail', '-c', commands], { env: all })).stdout;
  }
  async function startFleet(databaseUrl: string) {
    const settings = { databaseUrl, redisUrl };
    const api = await startApi(settings);
    const worker = await startWorker(settings);
    processes.push(api, worker);
    return { api, worker, stop: () => Promise.all([api.stop(), worker.stop()]) };
  }
  const readyz = async (url: string) => (await (await fetch(`${url}/readyz`)).json()) as Record<string, unknown>;

  beforeAll(async () => {
    mail = await startFaultySmtpServer();
    chmodSync(folder, 0o777);
    for (const dir of [backups as string, `${backups}/wal`]) {
      mkdirSync(dir);
      chmodSync(dir, 0o777);
    }
    await asServer('initdb', '-D', data as string, '-U', 'postgres', '--auth=trust');
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.kill()));
    await world?.close();
    for (const dataDir of servers) await asServer('pg_ctl', 'stop', '-m', 'immediate', '-D', dataDir);
    await mail.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is executed: back up, go on, restore the older backup, review, resume; the far side gets nothing twice', async () => {
    const archive = `archive_mode=on\narchive_command='test ! -f ${backups}/wal/%f && cp %p ${backups}/wal/%f'\n`;
    await run(as[0] as string, [
      ...as.slice(1),
      'sh',
      '-c',
      `echo "$1" >> "$2"`,
      'sh',
      archive,
      `${data}/postgresql.conf`,
    ]);
    const url = await startServer(data as string);
    const [databaseUrl, restoredUrl] = [url('proviso'), url('proviso_restored')];
    await run(path.join(BIN, 'createdb'), ['--maintenance-db', url('postgres'), 'proviso']);
    await run(process.execPath, ['tools/migrate.mjs'], { env: { ...process.env, DATABASE_URL: databaseUrl } });
    process.env.DATABASE_URL = databaseUrl;
    world = await openWorld({ redisUrl: redisUrl as string });
    const { pool } = world.db;
    const workspace = await world.workspace();
    const token = await workspace.token({});
    const identity_id = await workspace.identity('smtp', {
      host: '127.0.0.1',
      port: mail.port,
      secure: false,
      from: 'us@example.com',
    });
    const propose = async (at: { url: string }, subject: string, more: object = {}): Promise<string> => {
      const params = { email: 'ada@example.com', subject, message: subject };
      const body = { type: 'email_message', identity_id, params, ...more };
      const reply = await clientOf(at.url, token)<Action>('POST', '/v1/actions', body);
      expect(reply).toMatchObject({ status: 200 });
      return reply.body.action_id;
    };
    const sent = () => mail.accepted.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim()).toSorted();

    // before the backup: one mail is sent, one is due, one waits for a decision
    const before = await startFleet(databaseUrl);
    await propose(before.api, 'sent before');
    await until('the first mail', () => sent().length === 1);
    await before.worker.stop();
    await propose(before.api, 'due in the backup');
    const waiting = await propose(before.api, 'approved after the backup', { require_approval: true });
    await runBlock('base-backup', { DATABASE_URL: databaseUrl });
    await runBlock('dump', { DATABASE_URL: databaseUrl });
    const { rows } = await pool.query<{ moment: string }>('select clock_timestamp()::text as moment');

    // after it, both are sent
    const lost = await startWorker({ databaseUrl, redisUrl });
    processes.push(lost);
    await clientOf(before.api.url, token)('POST', `/v1/actions/${waiting}/approve`, { action: 'approve' });
    await until('the other mails', () => sent().length === 3);
    await Promise.all([before.api.stop(), lost.stop()]);
    const switched = await pool.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file');
    await until('the log to be archived', () => existsSync(`${backups}/wal/${switched.rows[0]?.file}`));
    await world.close();
    world = undefined;

    // to a point in time, on another server: it holds
    await runBlock('point-in-time', { RESTORED_DATA: restoredData as string, MOMENT: rows[0]?.moment ?? '' });
    if (as[0] === 'setpriv') await run('chown', ['-R', 'postgres:postgres', restoredData as string]);
    const elsewhere = (await startServer(restoredData as string))('proviso');
    await until('the end of the recovery', async () => {
      const asked = await run(path.join(BIN, 'psql'), ['-XAtc', 'select pg_is_in_recovery()', elsewhere]).catch(
        () => undefined,
      );
      return asked?.stdout.trim() === 'f';
    });
    const recovered = await startFleet(elsewhere);
    expect(await readyz(recovered.api.url)).toMatchObject({ status: 'held', dispatch: { reason: 'behind' } });
    await recovered.stop();

    // the dump, into another database: it holds, until an operator has reviewed it
    await runBlock('restore', { DATABASE_URL: databaseUrl, RESTORED_URL: restoredUrl });
    const { api, worker } = await startFleet(restoredUrl);
    expect(await readyz(api.url)).toMatchObject({
      status: 'held',
      dispatch: { held: true, reason: 'behind', message: expect.stringContaining('proviso resume') },
    });
    expect(await readyz(worker.url)).toMatchObject({ status: 'held', reason: 'behind' });
    expect(await (await fetch(`${worker.url}/metrics`)).text()).toMatch(/^proviso_dispatch_held 1$/m);
    const command = { PROVISO_URL: api.url, PROVISO_TOKEN: token };
    const doctor = await run('npx', ['proviso', 'doctor'], { env: { ...process.env, ...command } }).catch(
      (error: unknown) => error,
    );
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining('proviso resume') });
    const client = clientOf(api.url, token);
    const { body } = await client<DispatchReply>('GET', '/v1/dispatch');
    expect(body.actions).toMatchObject([{ type: 'email_message', may_repeat: true, wake_up_handled: true }]);
    expect(await runBlock('review', command)).toContain('"returned_to_review": 1');
    const list = await client<{ actions: Action[] }>('GET', '/v1/actions?status=pending_approval');
    expect(list.body.actions.map(({ status_reason }) => status_reason)).toEqual(['restored', 'restored']);

    // and the fleet goes on; the old database may not
    await propose(api, 'after the restore');
    await until('the last mail', () => sent().length === 4);
    expect(sent()).toEqual(['after the restore', 'approved after the backup', 'due in the backup', 'sent before']);
    const old = await startApi({ databaseUrl, redisUrl });
    processes.push(old);
    expect(await readyz(old.url)).toMatchObject({ status: 'held', dispatch: { reason: 'superseded' } });
    await old.stop();
    await runBlock('hold', { RESTORED_URL: restoredUrl });
    await until('the hold by hand', async () => (await readyz(api.url)).status === 'held');
    expect([...BLOCKS.keys()]).toEqual([]);
  });
});
