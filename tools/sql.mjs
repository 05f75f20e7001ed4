// `npm run sql -- print`: writes the final text of every statement, as PostgreSQL gets it, for review.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

const FOLDER = 'docs/sql';

await runAsScript(import.meta.url, async ([verb]) => {
  if (verb !== 'print') throw new Error('Usage: npm run sql -- print');
  await prepare();
  const { printedSql } = await import('../packages/core/dist/platform/printed-sql.js');
  const { writtenStatements } = await import('../packages/core/dist/index.js');
  mkdirSync(FOLDER, { recursive: true });
  for (const file of readdirSync(FOLDER)) rmSync(`${FOLDER}/${file}`);
  const files = printedSql(writtenStatements().values());
  for (const [file, text] of files) writeFileSync(`${FOLDER}/${file}`, text);
  console.log(`${FOLDER}: ${files.size} files`);
});
