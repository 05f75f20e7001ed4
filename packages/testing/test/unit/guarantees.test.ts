import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const text = read('docs/guarantees.md');
const security = read('SECURITY.md');
const tests = ['apps', 'packages', 'tests'].flatMap((part) =>
  readdirSync(path.join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => path.join(part, file)),
);
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (promise|fault|trap|the executor|`)/.test(line));
const traps = text.slice(text.indexOf('## Traps')).match(/^\| (?!trap).*$/gm) ?? [];

/** The arguments of `it`, `describe` and their tables. */
const TITLE = /(?:\b(?:it|test|describe)(?:\.\w+)?|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
const titlesIn = (file: string): string[] => [...read(file).matchAll(TITLE)].map(([, , title]) => title ?? '');

/** Other files whose names may be quoted. */
const NAMED: Record<string, string> = {
  mutants: 'tests/crash-points/mutants.ts',
  'crash points': 'tests/crash-points/scenarios.ts',
  chaos: 'tests/chaos/faults.ts',
};
const isThere = (where: string, words: string): boolean => {
  const named = NAMED[where];
  if (named) return read(named).includes(words);
  return tests.some(
    (file) => `/${file}`.endsWith(`/${where}`) && titlesIn(file).some((title) => title.includes(words)),
  );
};

describe('docs/guarantees.md and SECURITY.md', () => {
  it('name only existing tests', () => {
    const named = [...(text + security).matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => path.basename(file ?? ''));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((file) => !tests.some((test) => path.basename(test) === file))).toEqual([]);
  });

  it('promise nothing without a test', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => !/\.test\.ts|crash points|chaos|mutants/.test(row))).toEqual([]);
    const against = security.match(/^\| (?:a|an|another|whoever) .*$/gm) ?? [];
    expect(against.length).toBeGreaterThan(15);
    expect(against.filter((row) => !row.includes('.test.ts`'))).toEqual([]);
  });

  it('quote titles exactly', () => {
    const quoted = [
      ...(text + security).matchAll(/(?:`([\w/.-]+\.test\.ts)`|(mutants|crash points|chaos)): "([^"]+)"/g),
    ];
    const wrong = quoted.filter(([, file, kind, words]) => !isThere(file ?? kind ?? '', words ?? ''));
    expect(quoted.length).toBeGreaterThan(40);
    expect(wrong.map(([quote]) => quote)).toEqual([]);
  });

  it('name a titled test for each trap', () => {
    expect(traps.length).toBeGreaterThan(30);
    expect(traps.filter((row) => !/: "[^"]+"/.test(row))).toEqual([]);
    expect(traps.filter((row) => /\.test\.ts`(?!: ")/.test(row))).toEqual([]);
  });
});
