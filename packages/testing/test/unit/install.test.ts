import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('npm install', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'proviso-install-'));
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [
        name,
        `node -e "fs.writeFileSync('${dir}/ran-${name}','')"`,
      ]),
    );
    mkdirSync(join(dir, 'package'));
    writeFileSync(join(dir, 'package/package.json'), JSON.stringify({ name: 'greedy', version: '1.0.0', scripts }));
    mkdirSync(join(dir, 'project'));
    const start = `node -e "fs.writeFileSync('${dir}/started','')"`;
    writeFileSync(
      join(dir, 'project/package.json'),
      JSON.stringify({ name: 'project', dependencies: { greedy: 'file:../greedy.tgz' }, scripts: { start } }),
    );
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const npm = (...args: string[]) =>
    run('npm', args, { cwd: join(dir, 'project'), env: { PATH: process.env.PATH, HOME: dir } });
  const ran = (): string[] =>
    ['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => existsSync(join(dir, `ran-${name}`)));

  it('runs no script of a dependency, in every npm version, and our own commands still run', async () => {
    await run('tar', ['-czf', 'greedy.tgz', 'package'], { cwd: dir });
    copyFileSync('.npmrc', join(dir, 'project/.npmrc'));
    const ours = readFileSync(join(dir, 'project/.npmrc'), 'utf8');
    writeFileSync(join(dir, 'project/.npmrc'), ours.replace(/^strict-allow-scripts=.*$/m, '')); // npm 10 does not know it
    await npm('install', '--offline');
    await npm('rebuild');
    expect(existsSync(join(dir, 'project/node_modules/greedy/package.json'))).toBe(true);
    expect(ran()).toEqual([]);
    await npm('start');
    expect(existsSync(join(dir, 'started'))).toBe(true);
  }, 60_000);
});
