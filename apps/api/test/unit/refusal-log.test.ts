import type { Services } from '@proviso/core';
import { until } from '@proviso/testing';
import { pino } from 'pino';
import { createRefusalLog } from '../../src/refusal-log.ts';

const PERIOD_MS = 50;

function open() {
  const lines: { address: string; refused: number; msg: string }[] = [];
  const log: Services['log'] = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const { tell } = createRefusalLog(log, PERIOD_MS);
  const knock = (ip: string, what = 'refused'): void => tell({ ip }, what);
  const told = (): number => lines.reduce((sum, { refused }) => sum + refused, 0);
  return { lines, knock, told };
}

describe('the log of refusals', () => {
  it('counts refusals, with one line per address and period', async () => {
    const { lines, knock, told } = open();
    for (let count = 0; count < 1_000; count++) knock(count % 2 ? '10.0.0.1' : '10.0.0.2');
    await until('all to be told', () => told() === 1_000);
    expect(lines.map(({ address, refused }) => [address, refused])).toEqual([
      ['10.0.0.2', 1],
      ['10.0.0.1', 1],
      ['10.0.0.2', 499],
      ['10.0.0.1', 499],
    ]);
  });

  it('does not grow with the number of addresses', async () => {
    const { lines, knock, told } = open();
    for (let count = 0; count < 10_000; count++) knock(`2001:db8::${count.toString(16)}`);
    await until('all to be told', () => told() === 10_000);
    expect(lines.length).toBeLessThanOrEqual(52);
    expect(lines.at(-1)).toMatchObject({ address: 'others', refused: 9_949 });
  });

  it('logs an address at once after a quiet period', async () => {
    const { lines, knock, told } = open();
    const startedAt = performance.now();
    knock('10.0.0.1');
    await until('a period to pass', () => performance.now() > PERIOD_MS * 3 + startedAt);
    knock('10.0.0.1');
    expect(lines.map(({ refused }) => refused)).toEqual([1, 1]);
    expect(told()).toBe(2);
  });
});
