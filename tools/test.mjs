import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { prepare, runNode } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';
import { resultsFile, tally } from './tally.mjs';

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  mkdirSync(dirname(resultsFile), { recursive: true });
  rmSync(resultsFile, { force: true });
  const jest = ['node_modules/jest/bin/jest.js', '--json', '--outputFile', resultsFile, ...args];
  const failure = await runNode(jest, { env: { NODE_ENV: 'test' }, show: true }).then(
    () => undefined,
    (error) => error,
  );
  const { passed, failed, skipped, postgres, redis, either } = tally();
  console.log(`\nRan on postgres: ${postgres}, on redis: ${redis}, on either: ${either}; skipped: ${skipped}.`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failure) throw failure;
  if (failed > 0) throw new Error('With CI=true a skipped test is a failure.');
});
