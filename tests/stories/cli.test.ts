import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Action } from '@proviso/contracts';
import { until, type Api } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { TEST_KEYS } from '@proviso/testing/world';

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const BIN = path.join(process.cwd(), 'packages/cli/bin/proviso.js');

/** Runs the program as a script does: its output is not a terminal. */
function proviso(args: string[], env: Record<string, string>, input = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BIN, ...args],
      { env: { PATH: process.env.PATH ?? '', ...env }, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** Runs it at a terminal, with util-linux's script. */
const atTerminal = (args: string[], env: Record<string, string>, input = ''): Promise<Ran> =>
  new Promise((resolve) => {
    const command = [process.execPath, BIN, ...args].map((one) => `'${one}'`).join(' ');
    const child = execFile(
      'script',
      ['-qec', command, '/dev/null'],
      { env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env }, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(input);
  });

// Each run of the program is a process.
jest.setTimeout(180_000);

describe('the program proviso', () => {
  const fleet = useFleet();
  let api: Api;
  let home: string;
  let env: Record<string, string>;
  beforeEach(async () => {
    api = await fleet.sharedApi();
    home = mkdtempSync(path.join(tmpdir(), 'proviso-cli-'));
    env = { XDG_CONFIG_HOME: home, PROVISO_URL: api.url, PROVISO_TOKEN: await fleet.workspace.token({}) };
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const propose = async (content: string, more: string[] = []): Promise<Ran> => {
    const params = JSON.stringify({ contact_id: await fleet.contact(), content });
    const common = ['--type', 'create_note', '--identity', fleet.workspace.identityId, '--params', params];
    return proviso(['actions', 'propose', ...common, ...more], env);
  };
  const idOf = ({ stdout }: Ran): string => (JSON.parse(stdout) as Action).action_id;

  it('proposes, lists, shows, approves what was shown, and waits for the end', async () => {
    await fleet.startWorker();
    const proposed = await propose('hello', ['--require-approval']);
    expect(proposed).toMatchObject({ code: 0, stderr: '' });
    const id = idOf(proposed);
    const listed = await proviso(['actions', 'list', '--status', 'pending_approval'], env);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ action_id: id, status: 'pending_approval' }]);
    const table = await atTerminal(['actions', 'list'], env);
    expect(table.stdout).toMatch(/^ID +STATUS +TYPE/m);
    expect(table.stdout).toMatch(new RegExp(`^${id} +pending_approval +create_note`, 'm'));
    expect((await atTerminal(['actions', 'get', id], env)).stdout).toContain('action.created');
    const stale = await proviso(['actions', 'approve', id, '--yes', '--hash', '0'.repeat(64)], env);
    expect(stale).toMatchObject({ code: 5, stdout: '' });
    const approved = await proviso(['actions', 'approve', id, '--yes', '--wait', '20'], env);
    expect(approved.code).toBe(0);
    expect(JSON.parse(approved.stdout)).toMatchObject({ action_id: id, status: 'completed' });
  });

  it('asks before it approves, shows the preview first, and approves nothing without a yes', async () => {
    const id = idOf(await propose('what to read first', ['--require-approval']));
    expect(await proviso(['actions', 'approve', id], env)).toMatchObject({ code: 2, stdout: '' });
    const refused = await atTerminal(['actions', 'approve', id], env, 'n\n');
    expect(refused.stdout).toContain('what to read first');
    expect(refused.code).toBe(1);
    expect((await fleet.actions())[0]).toMatchObject({ status: 'pending_approval' });
    expect((await atTerminal(['actions', 'approve', id], env, 'y\n')).code).toBe(0);
    expect((await fleet.actions())[0]).toMatchObject({ status: 'approved' });
  });

  it('says by its exit code how it went', async () => {
    const rejected = idOf(await propose('one', ['--require-approval']));
    expect((await proviso(['actions', 'reject', rejected, '--comment', 'no'], env)).code).toBe(0);
    expect((await proviso(['actions', 'approve', rejected, '--yes'], env)).code).toBe(5);
    expect((await propose('two', ['--require-approval', '--wait', '1'])).code).toBe(8);
    expect((await proviso(['actions', 'get', 'act_01h455vb4pex5vsknk084sn02q'], env)).code).toBe(4);
    expect((await proviso(['actions', 'list', '--status', 'nothing'], env)).code).toBe(2);
    expect((await proviso(['nothing'], env)).code).toBe(2);
    expect((await proviso(['--help'], env)).code).toBe(0);
    expect((await proviso(['actions', 'list'], { ...env, PROVISO_TOKEN: 'pv_12345678_nobody' })).code).toBe(3);
    expect((await proviso(['whoami'], { XDG_CONFIG_HOME: home })).code).toBe(3);
    expect((await proviso(['members', 'list'], { ...env, PROVISO_URL: 'http://127.0.0.1:1' })).code).toBe(6);
    const invalid = await proviso(['actions', 'propose', '--type', 'create_note', '--params', '{}'], env);
    expect(invalid).toMatchObject({ code: 1, stdout: '' });
    expect(invalid.stderr).toMatch(/^proviso: /);
    const waiting = idOf(await propose('three', ['--require-approval']));
    const ending = proviso(['actions', 'approve', waiting, '--yes', '--wait', '30'], env);
    await until('the approval', async () => (await fleet.countActions({ status: 'approved' })) === 1);
    await (
      await fleet.client(api)
    )('POST', `/v1/actions/${waiting}/cancel`);
    expect((await ending).code).toBe(7);
  });

  it('saves a token that works, for its user alone, and takes it from standard input', async () => {
    const anonymous = { XDG_CONFIG_HOME: home };
    const login = ['login', '--url', api.url];
    const file = path.join(home, 'proviso/login.json');
    expect((await proviso(login, anonymous, 'pv_12345678_nobody\n')).code).toBe(3);
    expect(existsSync(file)).toBe(false);
    expect((await proviso(login, anonymous, `${env.PROVISO_TOKEN}\n`)).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const who = await proviso(['whoami'], anonymous);
    expect(JSON.parse(who.stdout)).toMatchObject({ role: 'owner', workspace_id: fleet.workspace.id });
    await proviso(['logout'], anonymous);
    expect(existsSync(file)).toBe(false);
  });

  it('creates, lists and revokes keys, and lists members and identities', async () => {
    const made = await proviso(['keys', 'create', '--name', 'bot', '--scope', 'actions:read', 'actions:write'], env);
    const { token, api_key } = JSON.parse(made.stdout) as { token: string; api_key: { key_id: string } };
    expect((await proviso(['actions', 'list'], { ...env, PROVISO_TOKEN: token })).code).toBe(0);
    expect((await proviso(['keys', 'revoke', api_key.key_id], env)).code).toBe(0);
    expect((await proviso(['actions', 'list'], { ...env, PROVISO_TOKEN: token })).code).toBe(3);
    const keys = JSON.parse((await proviso(['keys', 'list'], env)).stdout) as { key_id: string; revoked_at: string }[];
    expect(keys.find(({ key_id }) => key_id === api_key.key_id)?.revoked_at).toEqual(expect.any(String));
    expect(JSON.parse((await proviso(['members', 'list'], env)).stdout)).toMatchObject([{ role: 'owner' }]);
    const [identity] = JSON.parse((await proviso(['identities', 'list'], env)).stdout) as { identity_id: string }[];
    expect(identity?.identity_id).toMatch(/^id_/);
  });

  it('prints events as they happen', async () => {
    const child = execFile(process.execPath, [BIN, 'actions', 'tail'], {
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    let out = '';
    child.stdout?.on('data', (text: string) => (out += text));
    await until('the first event', async () => {
      await propose('heard', ['--require-approval']);
      return out.includes('"action.created"');
    });
    child.kill();
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ event: { event: 'action.created' }, action: {} });
  });

  it('lets no text of an agent control the terminal', async () => {
    const escape = String.fromCodePoint(27);
    await fleet.client(api);
    const id = idOf(
      await propose('x', [
        '--require-approval',
        '--description',
        `${escape}[2J${escape}]0;owned\u0007\rfine \u202Eevil`,
      ]),
    );
    for (const args of [
      ['actions', 'list'],
      ['actions', 'get', id],
    ]) {
      const { stdout } = await atTerminal(args, env);
      expect(stdout).not.toContain(escape);
      expect(stdout).not.toContain('\u202E');
      expect(stdout.replaceAll('\r\n', '\n')).not.toContain('\r');
    }
  });

  it('completes commands and options in bash', async () => {
    const { stdout } = await proviso(['completion', 'bash'], env);
    const complete = (line: string[]): Promise<string> =>
      new Promise((resolve) => {
        const words = line.map((word) => `'${word}'`).join(' ');
        const script = `${stdout}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _proviso; echo "\${COMPREPLY[@]}"`;
        execFile('bash', ['-c', script], (_error, out) => resolve(out.trim()));
      });
    expect(await complete(['proviso', 'ac'])).toBe('actions');
    expect(await complete(['proviso', 'actions', 'ap'])).toBe('approve');
    expect(await complete(['proviso', 'actions', 'approve', '--wa'])).toBe('--wait');
    for (const shell of ['zsh', 'fish'])
      expect((await proviso(['completion', shell], env)).stdout).toContain('propose');
  });

  it('doctor: checks service, token, clock, database, migrations, secrets and queue, and says what to do', async () => {
    const inside = { ...env, DATABASE_URL: fleet.world.databaseUrl, PROVISO_SECRET_KEYS: TEST_KEYS };
    const statesOf = async (more: Record<string, string>) => {
      const ran = await proviso(['doctor'], { ...inside, ...more });
      const findings = JSON.parse(ran.stdout) as { check: string; state: string; advice?: string }[];
      return { code: ran.code, findings, ...Object.fromEntries(findings.map(({ check, state }) => [check, state])) };
    };
    const well = await statesOf({});
    expect(well).toMatchObject({ service: 'ok', readiness: 'ok', clock: 'ok', token: 'ok', 'db clock': 'ok' });
    // the PostgreSQL of tests runs with fsync off
    expect(well).toMatchObject({ database: 'ok', durability: 'failed', migrations: 'ok', queue: 'ok', code: 1 });

    await fleet.workspace.identity('smtp', {}, { password: 'sealed' });
    const other = `other:${Buffer.alloc(32, 8).toString('base64')}`;
    const ill = await statesOf({
      PROVISO_TOKEN: 'pv_12345678_nobody',
      PROVISO_SECRET_KEYS: other,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(ill).toMatchObject({ code: 1, token: 'failed', secrets: 'failed', queue: 'failed' });
    expect(ill.findings.filter(({ state, advice }) => state === 'failed' && !advice)).toEqual([]);

    expect(await statesOf({ PROVISO_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 1, service: 'failed' });
    expect(await statesOf({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/x' })).toMatchObject({ database: 'failed' });
  });
});
