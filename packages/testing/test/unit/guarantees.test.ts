import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');
const text = readFileSync(path.join(ROOT, 'docs/guarantees.md'), 'utf8');
const tests = ['apps', 'packages', 'tests'].flatMap((part) =>
  readdirSync(path.join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => path.basename(file)),
);

describe('docs/guarantees.md', () => {
  it('names only tests that there are', () => {
    const named = [...text.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => path.basename(file ?? ''));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((file) => !tests.includes(file))).toEqual([]);
  });

  it('promises nothing without a test beside it', () => {
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (promise|fault|trap|the executor|`)/.test(line));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => !/\.test\.ts|crash points|chaos|planted/.test(row))).toEqual([]);
  });
});
