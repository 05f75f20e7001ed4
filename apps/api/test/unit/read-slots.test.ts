import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@proviso/core';
import { until } from '@proviso/testing';
import { createReadSlots } from '../../src/read-slots.ts';

/** Work that ends when it is told to. */
function works() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => async (): Promise<string> => {
    begun.push(name);
    await new Promise<void>((end) => ends.push(end));
    return name;
  };
  return { begun, work, end: () => ends.shift()?.() };
}

describe('slots for replies with lists', () => {
  it('are three per workspace and six in total', async () => {
    const slots = createReadSlots();
    const { begun, work, end } = works();
    const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2', 'c2'];
    const all = Promise.all(names.map((name) => slots.run(name.slice(0, 1), work(name))));
    await nextTurn();
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'b2']);
    for (let ended = 1; ended <= names.length; ended += 1) {
      end();
      await until('the next one', () => begun.length >= Math.min(names.length, 6 + ended));
    }
    expect(await all).toEqual(names);
  });

  it('go to workspaces in turn, however many requests of one wait', async () => {
    const slots = createReadSlots();
    const { begun, work, end } = works();
    const all = ['a', 'b'].flatMap((one) => Array.from({ length: 8 }, () => slots.run(one, work(one))));
    const late = slots.run('c', work('c'));
    await nextTurn();
    for (let ended = 0; ended < 2; ended += 1) end();
    await until('it to begin', () => begun.includes('c'));
    expect(begun.indexOf('c')).toBeLessThan(9);
    const ending = setInterval(end, 1);
    await Promise.all([...all, late]);
    clearInterval(ending);
    expect(begun).toHaveLength(17);
  });

  it('are released by failing work, and refuse beyond a queue of a hundred', async () => {
    const slots = createReadSlots();
    const failing = () => Promise.reject(new Error('no'));
    for (let index = 0; index < 10; index += 1) await expect(slots.run('a', failing)).rejects.toThrow('no');
    const { work, end } = works();
    const all = Array.from({ length: 103 }, () => slots.run('a', work('a')));
    const refused = await slots.run('a', work('a')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' });
    const ending = setInterval(end, 1);
    await Promise.all(all);
    clearInterval(ending);
  });
});
