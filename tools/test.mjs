import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, relative } from 'node:path';
import { prepare, runNode } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';
import { resultsFile, tally } from './tally.mjs';

/**
 * What computes takes every core, next to what mostly waits. Then come the tests that measure time under load, by
 * themselves.
 */
const rounds = [
  [
    ['--selectProjects', 'unit', 'database', `--maxWorkers=${availableParallelism()}`],
    ['--selectProjects', 'waiting', '--maxWorkers=1'],
  ],
  [['--selectProjects', 'timed', '--maxWorkers=1']],
];

/** Each test file loads its modules again, which leaves much garbage that is young: collecting it less often saves a tenth. */
const youngSpace = ['--min-semi-space-size=32', '--max-semi-space-size=64'];

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  mkdirSync(dirname(resultsFile), { recursive: true });
  rmSync(resultsFile, { force: true });
  const failures = [];
  const results = [];
  for (const round of args.length > 0 ? [[args]] : rounds) {
    const ended = await Promise.allSettled(round.map(runJest));
    for (const { value, reason } of ended) {
      if (reason) throw reason;
      results.push(value.result);
      if (value.failure) failures.push(value.failure);
    }
  }
  writeFileSync(resultsFile, JSON.stringify({ testResults: results.flatMap(({ testResults }) => testResults) }));
  if (args.length === 0) console.log(`\nThe slowest files, in seconds:\n${slowest(results)}`);
  const { passed, failed, skipped, postgres, redis, either } = tally();
  console.log(`\nRan on postgres: ${postgres}, on redis: ${redis}, on either: ${either}; skipped: ${skipped}.`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failures.length > 0) throw failures[0];
  if (failed > 0) throw new Error('With CI=true a skipped test is a failure.');
});

/** Resolves with what Jest wrote, also if tests failed. Throws if it ran none. */
async function runJest(options, index) {
  const file = `${resultsFile}.${index}`;
  rmSync(file, { force: true });
  let failure;
  const jest = [...youngSpace, 'node_modules/jest/bin/jest.js', '--json', '--outputFile', file, ...options];
  await runNode(jest, { env: { NODE_ENV: 'test' }, show: true }).catch((error) => (failure = error));
  if (!existsSync(file)) throw failure ?? new Error('Jest ran no tests.');
  const result = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  return { result, failure };
}

function slowest(results) {
  const seconds = ({ startTime, endTime }) => Math.round((endTime - startTime) / 1000);
  return results
    .flatMap(({ testResults }) => testResults)
    .toSorted((a, b) => seconds(b) - seconds(a))
    .slice(0, 20)
    .map((file) => `${String(seconds(file)).padStart(5)}  ${relative(process.cwd(), file.name)}`)
    .join('\n');
}
