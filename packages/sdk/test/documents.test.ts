import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A fence may name its file, so that others on the page can import it. */
function snippetsOf(page: string): { name: string; code: string }[] {
  const fences = readFileSync(page, 'utf8').matchAll(/^```ts ?(\S*)\n(.*?)^```$/gms);
  return Array.from(fences, ([, name, code = ''], index) => ({ name: name || `snippet-${index}.ts`, code }));
}

describe.each(['packages/sdk/README.md'])('the code in %s', (page) => {
  let folder: string;
  beforeEach(() => {
    mkdirSync('.proviso/test', { recursive: true });
    folder = mkdtempSync(path.resolve('.proviso/test/snippets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('compiles as it stands', async () => {
    const snippets = snippetsOf(page);
    expect(snippets.length).toBeGreaterThan(2);
    for (const { name, code } of snippets) writeFileSync(path.join(folder, name), `${code}\nexport {};\n`);
    const options = { noUnusedLocals: false, types: ['node'], rootDir: path.resolve('.') };
    const config = { extends: path.resolve('tsconfig.test.json'), compilerOptions: options, include: ['*.ts'] };
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const faults = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder]).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(faults).toBe('');
  }, 120_000);
});
