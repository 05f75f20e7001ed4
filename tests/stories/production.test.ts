import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Action, Identity } from '@proviso/contracts';
import { freePort } from '@proviso/local-server/ports';
import { backends, clientOf, startProcess, until, type Running } from '@proviso/testing';
import { ensureDatabase, ensurePostgres, stopPostgres } from '@proviso/local-server/postgres';
import { startSmtpSink } from '@proviso/local-server/smtp-sink';
import { parse } from 'yaml';

interface Service {
  command: string[];
  environment: Record<string, string>;
  healthcheck?: { test: string[] };
}

const run = promisify(execFile);
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/**
 * The file's commands with the file's environment, against a durable PostgreSQL and a real Redis. Only hosts and ports
 * differ, and the mail server is on this machine.
 */
describe('docker-compose.yml', () => {
  const redisUrl = backends().find(({ name }) => name === 'on redis')?.redisUrl;
  const test = redisUrl ? it : it.skip;
  const folder = path.join(process.cwd(), `.proviso/test/production-${process.pid}`);
  const dataDir = path.join(folder, 'postgres');
  const secrets = mkdtempSync(path.join(tmpdir(), 'proviso-secrets-'));
  const running: Running[] = [];
  afterAll(async () => {
    await Promise.all(running.map((process) => process.kill()));
    await stopPostgres(dataDir);
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs as written: migrate once, api, worker, healthchecks, and an e-mail from proposal to delivery', async () => {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const server = await ensurePostgres({ dataDir, port: 54_900 });
    const databaseUrl = await ensureDatabase(server, 'proviso');
    const ports = { '3000': await freePort(), '3001': await freePort() };
    const placed = (text: string): string =>
      Object.entries(ports)
        .reduce((so, [from, to]) => so.replace(new RegExp(`\\b${from}\\b`, 'g'), String(to)), text)
        .replace('postgresql://proviso:proviso@postgres:5432/proviso', databaseUrl)
        .replace('redis://redis:6379', redisUrl as string)
        .replace('/var/lib/proviso', secrets);
    const environmentOf = (name: string) => ({
      NODE_ENV: 'production',
      PROVISO_ALLOW_PRIVATE_ADDRESSES: 'true',
      ...Object.fromEntries(Object.entries(service(name).environment).map(([key, value]) => [key, placed(value)])),
    });
    const once = async (name: string): Promise<string> => {
      const [command = '', ...args] = service(name).command;
      const env = { PATH: process.env.PATH ?? '', ...environmentOf(name) };
      return (await run(command, args, { env, timeout: 60_000 })).stdout;
    };
    const start = async (name: string): Promise<Running> => {
      const [command, ...args] = service(name).command;
      expect(command).toBe('node');
      const process = startProcess(args, environmentOf(name));
      running.push(process);
      await until(`${name} to be healthy: ${process.output()}`, () => healthy(name), 20_000);
      return process;
    };
    const healthy = (name: string): Promise<boolean> => {
      const [kind, command = '', ...args] = service(name).healthcheck?.test ?? [];
      expect(kind).toBe('CMD');
      return run(command, args.map(placed)).then(
        () => true,
        () => false,
      );
    };

    const key = /token, shown only once: (pv_\w+)/.exec(await once('migrate'))?.[1];
    expect(key).toBeDefined();
    expect(await once('migrate')).not.toMatch(/pv_/);

    const [api, worker] = await Promise.all([start('api'), start('worker')]);
    const owner = clientOf(`http://127.0.0.1:${ports['3000']}`, key as string);
    const sink = await startSmtpSink();
    const config = { host: '127.0.0.1', port: sink.port, from: 'sales@example.com' };
    const made = await owner<{ identity: Identity }>('POST', '/v1/identities', {
      provider: 'smtp',
      name: 'Mail',
      config,
    });
    const proposed = await owner<{ action: Action }>('POST', '/v1/actions', {
      type: 'email_message',
      identity_id: made.body.identity.identity_id,
      params: { email: 'ada@example.com', subject: 'Hello', message: 'From production' },
      require_approval: true,
    });
    expect(proposed.body.action.status).toBe('pending_approval');
    const approved = await owner('POST', `/v1/actions/${proposed.body.action.action_id}/approve`, {
      action: 'approve',
    });
    expect(approved.status).toBe(200);
    const [message] = await sink.waitFor(1, { timeoutMs: 15_000 });
    expect(message?.text.trim()).toBe('From production');
    expect((await owner('GET', '/readyz')).body).toMatchObject({ status: 'ok', queue_backend: 'redis' });
    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
    await sink.close();
  }, 120_000);
});
