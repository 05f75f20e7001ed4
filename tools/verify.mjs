import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { prepare, runNode } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

const steps = [
  ['format', ['node_modules/oxfmt/bin/oxfmt', '--check']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings']],
  ['unused', ['node_modules/knip/bin/knip.js', '--no-progress']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json']],
  ['openapi', ['tools/lint-openapi.mjs']],
  ['docs', ['tools/type-docs.mjs', '--check']],
  ['unit', ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--silent']],
];

/** Runs every check that takes seconds, one on each core, and starts none after a failure. `--except NAME` skips one. */
await runAsScript(import.meta.url, async (options) => {
  const { except } = parseArgs({ args: options, options: { except: { type: 'string' } } }).values;
  if (except !== undefined && !steps.some(([step]) => step === except))
    throw new Error(`There is no step ${except}: the steps are ${steps.map(([step]) => step).join(', ')}.`);
  await prepare();
  const waiting = steps.filter(([step]) => step !== except);
  const failures = [];
  const runWaiting = async () => {
    while (waiting.length > 0 && failures.length === 0) {
      await runStep(waiting.shift()).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('\n\n'));
});

async function runStep([name, args]) {
  const startedAt = Date.now();
  const took = () => `${name.padEnd(8)}${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
  try {
    await runNode(args, { env: { NODE_ENV: 'test' } });
    console.log(`✓ ${took()}`);
  } catch (error) {
    console.log(`✗ ${took()}\n`);
    throw error;
  }
}
