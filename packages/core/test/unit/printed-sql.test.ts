import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { statement, writtenStatements } from '@proviso/core';
import { valuesOf } from '../../src/platform/statement.ts';
import { printedSql } from '../../src/platform/printed-sql.ts';

const FOLDER = path.resolve(__dirname, '../../../../docs/sql');

describe('the printed SQL', () => {
  // A test of another file would add its own statements: this file is alone in its process.
  it('is up to date with its sources; npm run sql -- print renews it', () => {
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

  it('leaves quoted text, quoted names and comments alone', () => {
    const { text, params } = statement<{ at: string }>('quoted', `select ':at it''s :at', ":at", :at -- :at's\n, :at`);
    expect(text).toBe(`select ':at it''s :at', ":at", $1 -- :at's\n, $1`);
    expect(params).toEqual(['at']);
  });

  it('refuses to run without a value for each parameter, or with a value that no parameter takes', () => {
    const two = statement<{ a: string; b: number | null }>('values', 'select :b::int, :a');
    expect(valuesOf(two, { a: 'x', b: null })).toEqual([null, 'x']);
    expect(() => valuesOf(two, { a: 'x' })).toThrow('values has no value for :b. Pass null for none.');
    expect(() => valuesOf(two, { a: 'x', b: 1, workspace: 'w' })).toThrow('values has no parameter :workspace.');
  });

  it('refuses a name that another text has', () => {
    statement('taken', 'select 1');
    expect(() => statement('taken', 'select 2')).toThrow('Two statements are called taken: rename one.');
    expect(() => statement('taken', 'select 1')).not.toThrow();
  });
});
