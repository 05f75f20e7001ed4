import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { statement, writtenStatements } from '@proviso/core';
import { printedSql } from '../../src/platform/printed-sql.ts';

const FOLDER = path.resolve(__dirname, '../../../../docs/sql');

describe('the printed SQL', () => {
  // A test of another file would add its own statements: this file is alone in its process.
  it('is what the sources say: else run npm run sql -- print', () => {
    const files = printedSql(writtenStatements().values());
    expect(readdirSync(FOLDER).toSorted()).toEqual([...files.keys()].toSorted());
    for (const [file, text] of files) expect(readFileSync(path.join(FOLDER, file), 'utf8')).toBe(text);
    expect(writtenStatements().size).toBeGreaterThan(60);
  });
});

describe('a statement', () => {
  it('numbers its parameters in the order of their first use, and leaves casts alone', () => {
    const { text, params } = statement<{ a: string; b: number }>('two', "select :b::int, :a, :b, 'x'::text");
    expect(text).toBe("select $1::int, $2, $1, 'x'::text");
    expect(params).toEqual(['b', 'a']);
  });

  it('refuses a name that another text has', () => {
    statement('taken', 'select 1');
    expect(() => statement('taken', 'select 2')).toThrow('Two statements are called taken: rename one.');
    expect(() => statement('taken', 'select 1')).not.toThrow();
  });
});
