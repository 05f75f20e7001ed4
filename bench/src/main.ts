// npm run bench: the same work over HTTP, by Proviso and by what a user would pick instead, in interleaved rounds.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Agent } from 'undici';
import { httpClient, openConnections } from './http.ts';
import { liveThrough, type Life } from './life.ts';
import { machineLine } from './machine.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { plotOf } from './plot.ts';
import { openProgress, type Progress } from './progress.ts';
import { measureProviso, type Figure } from './proviso-figures.ts';
import { reportOf, type LifeRow } from './report.ts';
import type { Subject } from './subject.ts';
import { ceiling } from './subjects/ceiling.ts';
import { dbos } from './subjects/dbos.ts';
import { proviso } from './subjects/proviso.ts';
import { restate } from './subjects/restate.ts';
import type { Connect } from './subjects/service.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WARM_UP_ACTIONS = 300;

const subjectsOf = (connect: Connect): Subject[] => [
  proviso(connect, { backend: 'redis' }),
  proviso(connect, { backend: 'postgres' }),
  ceiling(connect),
  restate(connect),
  dbos(connect),
];

/** Each round runs every subject once, so that a slow minute of the machine hits all of them. */
async function compare(options: Options, progress: Progress): Promise<LifeRow[]> {
  const rows = new Map<string, LifeRow>();
  for (let round = 1; round <= options.rounds; round++)
    for (const connections of options.connections) {
      const dispatcher = openConnections(connections);
      for (const subject of subjectsOf(connectBy(dispatcher))) {
        if (options.only.length > 0 && !options.only.includes(subject.name)) continue;
        const name = `${subject.name}, ${connections} connections, round ${round} of ${options.rounds}`;
        const life = await once(subject, { ...options, connections }, { name, progress });
        const key = `${subject.name} ${connections}`;
        const row = rows.get(key) ?? { name: subject.name, setup: subject.setup, connections, lives: [] };
        row.lives.push(life);
        rows.set(key, row);
      }
      await dispatcher.close();
    }
  return [...rows.values()];
}

async function once(
  subject: Subject,
  { actions, connections }: { actions: number; connections: number },
  { name, progress }: { name: string; progress: Progress },
): Promise<Life> {
  progress.start(name, 3 * actions);
  const running = await subject.start();
  try {
    await liveThrough(running, { actions: Math.min(WARM_UP_ACTIONS, actions), connections, done: () => undefined });
    return await liveThrough(running, { actions, connections, done: () => progress.step() });
  } finally {
    await running.stop();
  }
}

const connectBy =
  (dispatcher: Agent): Connect =>
  (url, token, more) =>
    httpClient(url, dispatcher, { token, more });

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const progress = openProgress();
  const machine = machineLine();
  const wants = (part: string): boolean => options.parts.length === 0 || options.parts.includes(part);
  const rows = wants('life') ? await compare(options, progress) : [];
  const figures: Figure[] = wants('proviso') ? await measureProviso(connectBy, options, progress) : [];
  progress.stop();
  const report = reportOf({ machine, options, rows, figures });
  process.stdout.write(`${report}\n`);
  const out = options.out ?? `${ROOT}bench/results/latest`;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(`${out}.md`, report);
  if (rows.length > 0) writeFileSync(`${out}.svg`, plotOf(rows));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n${USAGE}\n`);
  process.exit(1);
}
