// npm run bench:inbox: whether the inbox keeps its times, in a real browser before the real api.
import { parseArgs } from 'node:util';
import { openInbox, type Inbox } from '../../tests/browser/open-inbox.ts';
import { measureDeciding } from './deciding.ts';
import { measureMany } from './many.ts';
import { measureMemory } from './memory.ts';

/** A figure, and what it must stay under. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  bar: number;
}

const PARTS: Record<string, (inbox: Inbox) => Promise<Figure[]>> = {
  deciding: measureDeciding,
  many: measureMany,
  memory: measureMemory,
};

/** Prints each figure. Throws if one is over its bar. */
export async function benchInbox(args: string[]): Promise<void> {
  const { only = Object.keys(PARTS).join(',') } = parseArgs({ args, options: { only: { type: 'string' } } }).values;
  const parts = only.split(',').map((name) => {
    const measure = PARTS[name];
    if (!measure) throw new Error(`There is no part ${name}: the parts are ${Object.keys(PARTS).join(', ')}.`);
    return measure;
  });
  const inbox = await openInbox({ NODE_ENV: 'production' });
  const over: string[] = [];
  try {
    for (const measure of parts)
      for (const figure of await measure(inbox)) {
        const { name, value, unit, bar } = figure;
        if (!(value <= bar)) over.push(name);
        const shown = `${value.toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`.padStart(12);
        process.stdout.write(`${name.padEnd(52)}${shown}   ${value <= bar ? 'under' : 'over'} ${bar} ${unit}\n`);
      }
  } finally {
    await inbox.close();
  }
  if (over.length > 0) throw new Error(`Over their bars: ${over.join('; ')}.`);
}
