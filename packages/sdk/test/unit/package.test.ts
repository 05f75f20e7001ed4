import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const FOLDER = 'packages/sdk';
const PEERS =
  'ai @openai/agents @langchain/core/runnables @langchain/core/tools @modelcontextprotocol/client @modelcontextprotocol/server'.split(
    ' ',
  );

const filesOf = (ending: string): string[] =>
  readdirSync(path.join(FOLDER, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));

/** The modules that the files import, sorted. */
function importsOf(files: string[]): string[] {
  const sources = files.map((name) => readFileSync(path.join(FOLDER, 'dist', name), 'utf8'));
  const specifiers = sources.flatMap((text) =>
    Array.from(text.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g), ([, specifier = '']) => specifier),
  );
  return [...new Set(specifiers)].filter((specifier) => !specifier.startsWith('.')).toSorted();
}

it('contains the build and nothing else', async () => {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: FOLDER });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const others = files.map((file) => file.path).filter((name) => !/^dist\/.*\.(js|d\.ts)$/.test(name));
  expect(others.toSorted()).toEqual(['README.md', 'package.json']);
  expect(files.length).toBeGreaterThan(20);
}, 60_000);

it('runs without a framework and without the server', () => {
  expect(importsOf(filesOf('.js'))).toEqual(['@proviso/contracts', 'json-canonicalize', 'standardwebhooks']);
});

it('has types of its peers in their adapters only', () => {
  const own = filesOf('.d.ts').filter((name) => !name.startsWith('adapters'));
  expect(importsOf(own)).toEqual(['@proviso/contracts', 'node:http']);
  const adapters = filesOf('.d.ts').filter((name) => name.startsWith('adapters'));
  expect(importsOf(adapters)).toEqual(PEERS.toSorted());
});

it('resolves every entry point', () => {
  const { exports } = JSON.parse(readFileSync(path.join(FOLDER, 'package.json'), 'utf8')) as {
    exports: Record<string, Record<'types' | 'default', string>>;
  };
  const built = [...filesOf('.js'), ...filesOf('.d.ts')].map((name) => `./dist/${name}`);
  for (const { types, default: code } of Object.values(exports))
    expect(built).toEqual(expect.arrayContaining([types, code]));
});
