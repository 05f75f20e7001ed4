import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const MIGRATIONS = path.resolve(__dirname, '../../../../prisma/migrations');
/** The last migration after which every process had to be stopped. */
const SINCE = '20261128024236_returned_to_review';

/** What a process of the previous version would miss, or be refused for. Dropping an index takes nothing from it. */
const CONTRACTS: [what: string, pattern: RegExp][] = [
  ['drops or renames', /\b(DROP (TABLE|COLUMN|TYPE|VIEW)|DROP FUNCTION(?! IF EXISTS)|RENAME (TO|COLUMN))\b/i],
  ['requires a value of an existing column', /\bSET NOT NULL\b/i],
  ['changes the type of a column', /\bALTER COLUMN \S+ (SET DATA )?TYPE\b/i],
  ['adds a column that the previous version cannot fill', /\bADD COLUMN [^,;]*\bNOT NULL\b(?![^,;]*\bDEFAULT\b)/i],
];

const contractsOf = (sql: string): string[] =>
  CONTRACTS.filter(([, pattern]) => pattern.test(sql.replaceAll(/--.*/g, ''))).map(([what]) => what);

describe('a migration', () => {
  const migrations = readdirSync(MIGRATIONS).filter((name) => name > SINCE && !name.endsWith('.toml'));

  it.each(migrations)('%s only expands the schema, so processes of the previous version keep running', (name) => {
    expect(contractsOf(readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8'))).toEqual([]);
  });

  it.each([
    'ALTER TABLE "actions" DROP COLUMN "a";',
    'ALTER TABLE "actions" RENAME COLUMN "a" TO "b";',
    'ALTER TABLE "actions" ALTER COLUMN "a" SET NOT NULL;',
    'ALTER TABLE "actions" ALTER COLUMN "a" SET DATA TYPE TEXT;',
    'ALTER TABLE "actions" ADD COLUMN     "a" TEXT NOT NULL,\nADD COLUMN "b" TEXT;',
  ])('that does not is recognised: %s', (sql) => {
    expect(contractsOf(sql)).toHaveLength(1);
  });
});
