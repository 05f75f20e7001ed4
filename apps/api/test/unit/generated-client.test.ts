import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createRegistry } from '@proviso/core';
import { builtIns } from '@proviso/executors';
import { routes } from '../../src/app.ts';
import { describeRoutes } from '../../src/document.ts';

const run = promisify(execFile);
const { resolve } = createRequire(__filename);
const GENERATOR = path.join(path.dirname(resolve('openapi-typescript')), '../bin/cli.js');
const COMPILER = path.resolve(__dirname, '../../../../node_modules/typescript/bin/tsc');

/** What openapi-typescript makes of the document, with a program that uses it. */
describe('the client that openapi-typescript generates', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'proviso-client-'));
    const document = describeRoutes(routes, createRegistry(builtIns()), '0.0.0');
    await writeFile(path.join(folder, 'openapi.json'), JSON.stringify(document));
    await run(process.execPath, [GENERATOR, 'openapi.json', '-o', 'api.ts'], { cwd: folder });
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  /** What the compiler says of a program. */
  async function compile(...lines: string[]): Promise<string> {
    await writeFile(path.join(folder, 'program.ts'), [...HEAD, ...lines].join('\n'));
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', ''];
    return run(process.execPath, [COMPILER, ...options, 'program.ts'], { cwd: folder }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  const examples = builtIns().executors.flatMap(({ type, params }) =>
    ((params.meta()?.examples ?? []) as object[]).map((example) => ({ type, example })),
  );
  const proposal = (name: string, type: string, params: object): string =>
    `export const ${name}: Body<'/v1/actions'> = ${JSON.stringify({ type, identity_id: 'id_01h455vb4pex5vsknk084sn02q', params })};`;

  it('accepts the params of each built-in type and no others', async () => {
    expect(new Set(examples.map(({ type }) => type)).size).toBe(14);
    const lines = examples.flatMap(({ type, example }, index) => [
      proposal(`right${index}`, type, example),
      '// @ts-expect-error',
      proposal(`unknown${index}`, type, { ...example, nosuch: 'param' }),
      '// @ts-expect-error',
      proposal(`empty${index}`, type, {}),
      '// @ts-expect-error',
      proposal(`wrong${index}`, type, Object.fromEntries(Object.keys(example).map((name) => [name, [{}]]))),
    ]);
    const optional = ['sync_to_crm', 'resend_create_contact']; // one of several params, which TypeScript is not told
    expect(await compile(...withoutEmpty(lines, optional))).toBe('');
  }, 60_000);

  it('accepts a tool of the workspace by its name, with any params', async () => {
    const said = await compile(
      "const type = 'shop.refund' as components['schemas']['WorkspaceToolName'];",
      "export const call: Body<'/v1/actions'> = { type, identity_id: 'id_1', params: { order: '4711' } };",
    );
    expect(said).toBe('');
  }, 60_000);

  it('accepts the settings and secrets of each provider and no others', async () => {
    let count = 0;
    const identity = (provider: string, rest: object): string =>
      `export const identity${(count += 1)}: Body<'/v1/identities'> = ${JSON.stringify({ provider, name: 'A', ...rest })};`;
    const smtp = { host: 'smtp.example.com', port: 587, from: 'ada@example.com' };
    const said = await compile(
      identity('smtp', { config: smtp, credentials: { user: 'ada', pass: 'secret' } }),
      identity('slack', { credentials: { token: 'xoxb-1' } }),
      identity('internal', {}),
      '// @ts-expect-error',
      identity('smtp', { config: { ...smtp, nosuch: 1 } }),
      '// @ts-expect-error',
      identity('smtp', {}),
      '// @ts-expect-error',
      identity('slack', { credentials: { api_key: 're_1' } }),
      '// @ts-expect-error',
      identity('internal', { credentials: { token: 'xoxb-1' } }),
    );
    expect(said).toBe('');
  }, 60_000);

  it('knows the closed sets by name', async () => {
    const said = await compile(
      'type Is<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;',
      "export const status: Is<components['schemas']['Action']['status'], components['schemas']['ActionStatus']> = true;",
      "export const roles: components['schemas']['Role'][] = ['owner', 'admin', 'reviewer', 'viewer'];",
      '// @ts-expect-error',
      "export const scope: components['schemas']['Scope'] = 'actions:delete';",
      '// @ts-expect-error',
      "export const event: components['schemas']['EventName'] = 'action.vanished';",
    );
    expect(said).toBe('');
  }, 60_000);
});

const HEAD = [
  "import type { components, paths } from './api.js';",
  "type Body<Path extends '/v1/actions' | '/v1/identities'> =",
  "  NonNullable<paths[Path]['post']['requestBody']>['content']['application/json'];",
];

/** Without the lines that leave out every param of types that need one of several. */
const withoutEmpty = (lines: readonly string[], types: readonly string[]): string[] =>
  lines.filter((line, index) => {
    const shown = line.startsWith('//') ? (lines[index + 1] ?? '') : line;
    return (
      !(shown.includes(' empty') || shown.startsWith('export const empty')) ||
      !types.some((type) => shown.includes(`"${type}"`))
    );
  });
