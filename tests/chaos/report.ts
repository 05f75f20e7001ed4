import { LEASE_MS, RUN_MS_MAX, SWEEP_MS } from './fleet.ts';
import { historyOf, type Result } from './run.ts';

const HITS_MIN = 5;
const ACKNOWLEDGED_MIN = 0.5;

/**
 * After the last fault: a lease and two sweeps until everything due runs, then a run to its time limit and one retry.
 */
const RESTING_MS_MAX = LEASE_MS + 2 * SWEEP_MS + 2 * RUN_MS_MAX;

/** The run is invalid, so it proves nothing about the promises. */
const PROVED_NOTHING = 3;

/** A run is valid only if the load continued and each kind of fault hit something. An invalid run is a failure. */
function invalidities({ injected, load, isSettled }: Result): string[] {
  const share = load.acknowledged / Math.max(1, load.submitted);
  const idle = [...injected].filter(([, { hits }]) => hits < HITS_MIN).map(([name, { hits }]) => `${name} hit ${hits}`);
  return [
    ...(share < ACKNOWLEDGED_MIN ? [`only ${(share * 100).toFixed(0)} % of the submissions were acknowledged`] : []),
    ...(idle.length > 0 ? [`not every fault hit ${HITS_MIN} actions in the danger window: ${idle.join(', ')}`] : []),
    ...(!isSettled ? ['it did not come to rest'] : []),
  ];
}

/** `code`: 0 = the run is valid and every promise was kept; 3 = it is invalid, and no promise was broken; else 1. */
export function report(result: Result): { text: string; code: number } {
  const { settings, injected, load, verdict, evidence, isSettled, catchUpMs, recoveriesMs } = result;
  const invalid = invalidities(result);
  const { violations, checked, unknown } = verdict;
  const [first] = violations;
  const times = [...injected.values()].reduce((sum, one) => sum + one.times, 0);
  const latestMs = Math.max(0, ...catchUpMs);
  const kept = violations.length === 0 && isSettled && latestMs <= RESTING_MS_MAX;
  const code = invalid.length === 0 && kept ? 0 : kept ? PROVED_NOTHING : 1;
  const text = [
    '',
    table(
      ['fault', 'times', 'in the danger window'],
      [...injected].map(([name, one]) => [name, one.times, one.hits]),
    ),
    '',
    table(
      ['promise', 'cases', 'broken'],
      Object.entries(checked).map(([promise, cases]) => [
        promise,
        cases,
        violations.filter((violation) => violation.promise === promise).length,
      ]),
    ),
    '',
    `${times} faults of ${injected.size} kinds; ${load.acknowledged} of ${load.submitted} submissions acknowledged; ${evidence.actions.length} actions, ${evidence.effects.length} effects, ${unknown} outcome_unknown`,
    `after kill -9 of a worker its actions ran elsewhere within ${quantiles(recoveriesMs)}`,
    `after the last fault what was due had ended within ${quantiles(catchUpMs)}; lease and two sweeps are ${(LEASE_MS + 2 * SWEEP_MS) / 1_000} s`,
    ...(latestMs > RESTING_MS_MAX ? [`BROKEN: after the last fault what was due took ${latestMs} ms to end`] : []),
    ...invalid.map((why) => `INVALID: ${why}`),
    ...violations.slice(0, 20).map(({ promise, action, why }) => `BROKEN: ${promise}: ${action}: ${why}`),
    ...(first?.action ? [`The story of ${first.action}:\n${historyOf(first.action, evidence)}`] : []),
    code === 0 ? 'every promise was kept' : `FAILED. Again: npm run chaos -- ${commandOf(settings)}`,
  ].join('\n');
  return { text, code };
}

const commandOf = ({ seed, seconds, backend, apis, workers }: Result['settings']): string =>
  `--seed ${seed} --seconds ${seconds} --backend ${backend} --apis ${apis} --workers ${workers}`;

function quantiles(ms: number[]): string {
  if (ms.length === 0) return '– (none was running)';
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) / 1_000).toFixed(1);
  return `p50 ${at(0.5)} s, p99 ${at(0.99)} s, at most ${at(1)} s (${ms.length} actions)`;
}

function table(head: string[], rows: (string | number)[][]): string {
  const width = Math.max(...[head, ...rows].map(([name]) => String(name).length));
  return [head, ...rows]
    .map(
      ([name, ...cells]) =>
        `${String(name).padEnd(width)}  ${cells.map((cell) => String(cell).padStart(8)).join('  ')}`,
    )
    .join('\n');
}
