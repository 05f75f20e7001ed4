import { parseArgs } from 'node:util';

export interface Options {
  actions: number;
  connections: number[];
  rounds: number;
  /** Names of subjects; empty = all. */
  only: string[];
  /** Parts of the bench; empty = all. */
  parts: string[];
  /** Where the report goes, without its extension. */
  out: string | undefined;
}

export const USAGE = `npm run bench -- [--actions 10000] [--connections 32,64] [--rounds 3] [--only Proviso,ceiling]
                [--parts life,proviso] [--out bench/results/NAME] [--quick]`;

const list = (text: string): string[] => text.split(',').filter(Boolean);

/** Throws with the usage on an unknown option. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      actions: { type: 'string' },
      connections: { type: 'string', default: '32,64' },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      parts: { type: 'string', default: '' },
      out: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  return {
    actions: Number(values.actions ?? (values.quick ? 1_000 : 10_000)),
    connections: list(values.connections).map(Number),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    only: list(values.only),
    parts: list(values.parts),
    out: values.out,
  };
}
