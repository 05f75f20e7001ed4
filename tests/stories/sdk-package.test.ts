import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@proviso/local-server/ports';
import { clientOf, startProcess, until, type Running } from '@proviso/testing';
import { createClient } from '@proviso/sdk';
import { startService, type RunningService } from './sdk-fixture.ts';

const run = promisify(execFile);
const ROOT = process.cwd();
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc');
const PAGE = readFileSync('docs/agents.md', 'utf8');

/** The code of a fence that names its file. */
function printed(name: string): string {
  const code = new RegExp(`^\`\`\`\\w+ ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(PAGE)?.[1];
  if (code === undefined) throw new Error(`docs/agents.md prints no ${name}`);
  return code;
}

/** The page's code, in a folder outside the repository, so that it finds nothing of it by accident. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'proviso-sdk-'));
  const env = { ...process.env, PROVISO: ROOT, npm_config_prefer_offline: 'true', npm_config_audit: 'false' };
  for (const commands of ['install', 'types']) await run('bash', ['-ec', printed(commands)], { cwd: folder, env });
  for (const name of FILES) writeFileSync(path.join(folder, name), printed(name));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = ['tools.mjs', 'host.mjs', 'model.mjs', 'agent.mjs', 'decide.mjs'];

/** Faults that the compiler finds in these files of the folder. */
const faultsOf = async (options: string[], ...files: string[]): Promise<string> =>
  run(process.execPath, [TSC, '--noEmit', '--strict', '--target', 'es2023', '--types', 'node', ...options, ...files], {
    cwd: folder,
  }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );

describe('the packed SDK, installed into an empty project', () => {
  it('includes its licence, and needs nothing from this repository', () => {
    const installed = path.join(folder, 'node_modules/@proviso/sdk');
    expect(readFileSync(path.join(installed, 'LICENSE'), 'utf8')).toContain('Apache License');
    const { dependencies } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies).toSorted()).toEqual(['json-canonicalize', 'standardwebhooks', 'zod']);
  });

  it.each([
    ['nodenext', 'esm.mts', ['--module', 'nodenext']],
    ['a bundler', 'bundled.ts', ['--module', 'esnext', '--moduleResolution', 'bundler']],
    ['CommonJS', 'required.cts', ['--module', 'nodenext']],
  ])(
    'type-checks for %s',
    async (_, name, options) => {
      writeFileSync(path.join(folder, name), CONSUMER);
      expect(await faultsOf(options, name)).toBe('');
      writeFileSync(path.join(folder, name), `${CONSUMER}\nclient.actions.create({ type: 4711 });\n`);
      expect(await faultsOf(options, name)).toContain("'number' is not assignable to type 'string'");
    },
    120_000,
  );

  it('can be required by a CommonJS program', async () => {
    writeFileSync(path.join(folder, 'required.cjs'), "console.log(typeof require('@proviso/sdk').createClient);");
    expect((await run(process.execPath, ['--no-warnings', 'required.cjs'], { cwd: folder })).stdout).toBe('function\n');
  });
});

describe('the code of docs/agents.md, as printed', () => {
  let service: RunningService;
  const running: Running[] = [];
  beforeAll(async () => {
    service = await startService();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(running.splice(0).map((process) => process.kill()));
    await service.close();
  });

  it('type-checks', async () => {
    expect(await faultsOf(['--module', 'nodenext', '--allowJs', '--checkJs', '--skipLibCheck'], ...FILES)).toBe('');
  }, 120_000);

  it('refunds once, with the person’s edit, and the agent reads the result', async () => {
    const { world, url } = service;
    const workspace = await world.workspace();
    const owner = await workspace.token({});
    const port = await freePort();
    const registration = JSON.parse(/^curl .*\/v1\/tools .* -d '(.*?)'$/ms.exec(PAGE)?.[1] ?? '') as object;
    const { body } = await clientOf(url, owner)<{ secret: string }>('POST', '/v1/tools', {
      ...registration,
      url: `http://127.0.0.1:${port}/proviso`,
    });
    const start = (name: string, env: Record<string, string>): Running => {
      const process = startProcess([path.join(folder, name)], {
        PROVISO_URL: url,
        WORKSPACE_ID: workspace.id,
        ...env,
      });
      running.push(process);
      return process;
    };
    start('host.mjs', { TOOL_SECRET: body.secret, PORT: String(port) });
    await until('the host', () =>
      fetch(`http://127.0.0.1:${port}`).then(
        ({ status }) => status === 404,
        () => false,
      ),
    );
    const agent = start('agent.mjs', { AGENT_KEY: await workspace.token({ agent: 'Ada' }) });
    const person = createClient({ baseUrl: url, token: owner, workspaceId: workspace.id });
    await until('a proposal', async () => (await person.pendingActions.list({ status: 'pending' })).total === 1);
    const decide = start('decide.mjs', { OWNER_KEY: owner });
    expect([await decide.ended(), decide.output()]).toEqual([0, '']);
    expect([await agent.ended(), JSON.parse(agent.output())]).toMatchObject([
      0,
      {
        toolName: 'refund',
        output: {
          value: { status: 'completed', changed_fields: ['amount'], result: { refunded: 50, order: '4711' } },
        },
      },
    ]);
  }, 120_000);
});

const CONSUMER = `
import { createClient, gated, toolHost, ToolRefused, type Answer } from '@proviso/sdk';

export const client = createClient({ baseUrl: 'https://proviso.example.com', token: 'pv_…' });
export const refund = gated(
  { name: 'refund', execute: async ({ amount }: { amount: number }) => ({ refunded: amount }) },
  { client, access: 'write' },
);
export const answer: Promise<Answer> = refund.execute({ amount: 5 });
export const host = toolHost([refund.original], { secret: 'whsec_…' });
export const refused = new ToolRefused('No such order.');
`;
