import type { Life } from './life.ts';
import type { Options } from './options.ts';
import type { Cost } from './processes.ts';
import type { Figure } from './proviso-figures.ts';
import { median, spread } from './statistics.ts';

/** All rounds of a subject with one number of connections. */
export interface LifeRow {
  name: string;
  setup: string;
  connections: number;
  lives: Life[];
}

interface Run {
  machine: string;
  options: Options;
  rows: LifeRow[];
  figures: Figure[];
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const milliseconds = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

/** A figure of all rounds: the median, and how far they lie apart. */
const over = (row: LifeRow, pick: (life: Life) => number, show = whole): string => {
  const values = row.lives.map(pick);
  return `${show(median(values))} ±${Math.round(spread(values) * 100)} %`;
};

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export function reportOf({ machine, options, rows, figures }: Run): string {
  const parts = [`# Bench\n\n${machine}`];
  if (rows.length > 0) parts.push(comparison(rows, options), costs(rows, options));
  if (figures.length > 0)
    parts.push(
      `## Proviso by itself\n\n${table(
        ['measure', 'figure', 'bar'],
        figures.map(({ measure, figure, bar = '' }) => [measure, figure, bar]),
      )}`,
    );
  return `${parts.join('\n\n')}\n`;
}

function comparison(rows: LifeRow[], { actions, rounds }: Options): string {
  const best = (name: string, connections: number): number => {
    const row = rows.find((one) => one.name === name && one.connections === connections);
    return row ? median(row.lives.map((life) => life.perSecond)) : Number.NaN;
  };
  const lines = rows.map((row) => {
    const share = median(row.lives.map((life) => life.perSecond)) / best('ceiling', row.connections);
    return [
      row.name,
      String(row.connections),
      over(row, (life) => life.create.perSecond),
      over(row, (life) => life.create.p99Ms, milliseconds),
      over(row, (life) => life.approve.perSecond),
      over(row, (life) => life.perSecond),
      Number.isNaN(share) ? '' : `${Math.round(share * 100)} %`,
    ];
  });
  const head = ['', 'connections', 'create/s', 'create p99 ms', 'approve/s', 'end to end/s', 'of the ceiling'];
  const how = rows.filter((row, n) => rows.findIndex((one) => one.name === row.name) === n);
  return `## Created, approved, executed, read back

${whole(actions)} actions each, median of ${rounds} interleaved rounds, the load generator on the same machine.

${table(head, lines)}

${how.map(({ name, setup }) => `* ${name}: ${setup}.`).join('\n')}`;
}

function costs(rows: LifeRow[], { actions }: Options): string {
  const cells = rows.flatMap((row) => {
    const roles = Object.keys(row.lives[0]?.costs ?? {});
    return roles.map((role) => {
      const seen = row.lives.map((life) => life.costs[role] as Cost);
      const cpuMs = median(seen.map((cost) => cost.cpuMs)) / actions;
      const mb = Math.max(...seen.map(({ peakBytes }) => peakBytes)) / 1_048_576;
      return [row.name, String(row.connections), role, cpuMs.toFixed(2), whole(mb)];
    });
  });
  return `## What an action costs

${table(['', 'connections', 'process', 'CPU ms per action', 'peak MiB'], cells)}`;
}
