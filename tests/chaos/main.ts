// npm run chaos -- --seed N --seconds S --backend redis|postgres --apis 2 --workers 3
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { directoryOf, type Settings } from './fleet.ts';
import { report } from './report.ts';
import { run } from './run.ts';

const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);
const given = z.object({
  seed: z.coerce.number().int().min(0).optional(),
  seconds: count(60, 86_400),
  backend: z.enum(['redis', 'postgres']).default('redis'),
  apis: count(2, 8),
  workers: count(3, 16),
});

/** Returns the exit code: 0 only if the run is valid and every promise was kept. */
export async function chaos(args: string[]): Promise<number> {
  const options = Object.fromEntries(Object.keys(given.shape).map((name) => [name, { type: 'string' as const }]));
  const { seed = Date.now() % 1_000_000, ...more } = given.parse(parseArgs({ args, options }).values);
  const settings: Settings = { seed, ...more, dir: directoryOf(process.cwd()) };
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const startedAt = performance.now();
  const say = (line: string): void => {
    process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${line}\n`);
  };
  say(
    `chaos with seed ${seed} for ${settings.seconds} s on ${settings.backend}: ${settings.apis} apis, ${settings.workers} workers`,
  );
  try {
    const result = await run(settings, { say, stop: stop.signal });
    const { text, code } = report(result);
    process.stdout.write(`${text}\n`);
    return stop.signal.aborted ? 1 : code;
  } catch (error) {
    process.stderr.write(`chaos with seed ${seed}: ${(error as Error).stack}\n`);
    return 1;
  } finally {
    rmSync(settings.dir, { recursive: true, force: true });
  }
}
