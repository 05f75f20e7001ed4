import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAsScript } from './run-as-script.mjs';

export const resultsFile = join(dirname(dirname(fileURLToPath(import.meta.url))), '.proviso/test/jest-results.json');

/**
 * Counts what jest wrote. A test file that could not run counts as one failure; with CI=true, so does a skipped test.
 */
export function tally() {
  const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
  const tests = results.testResults.flatMap(({ assertionResults }) => assertionResults);
  const unrunnable = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const count = (...statuses) => tests.filter(({ status }) => statuses.includes(status)).length;
  const skipped = count('pending', 'skipped', 'todo', 'disabled');
  const ran = tests.filter(({ status }) => status === 'passed' || status === 'failed');
  const on = (backend) => ran.filter(({ fullName }) => fullName.includes(`on ${backend}`)).length;
  const [postgres, redis] = [on('postgres'), on('redis')];
  return {
    passed: count('passed'),
    failed: count('failed') + unrunnable + (process.env.CI === 'true' ? skipped : 0),
    skipped,
    postgres,
    redis,
    either: ran.length - postgres - redis,
  };
}

// No results: a step before the tests failed. A non-zero status without a failed test: a step after them failed.
await runAsScript(import.meta.url, ([status = '0']) => {
  const { passed, failed: known } = existsSync(resultsFile) ? tally() : { passed: 0, failed: 1 };
  const failed = status !== '0' && known === 0 ? 1 : known;
  console.log(`${passed} passed, ${failed} failed`);
});
