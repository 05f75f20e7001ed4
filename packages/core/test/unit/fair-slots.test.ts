import { setTimeout as sleep } from 'node:timers/promises';
import { createFairSlots } from '../../src/platform/fair-slots.ts';

describe('fair slots', () => {
  const open = (slotsOf = 3) => {
    const slots = createFairSlots({ slots: 4, slotsOf: () => slotsOf });
    const held: { tenant: string; giveBack: () => void }[] = [];
    const take = (tenant: string): void =>
      void slots.take(tenant).then((giveBack) => giveBack && held.push({ tenant, giveBack }));
    const holders = async (): Promise<string> => {
      await sleep(0);
      return held.map(({ tenant }) => tenant).join('');
    };
    return { slots, take, holders, giveBack: (): void => held.shift()?.giveBack() };
  };

  it('leave some for others, however many one tenant requests', async () => {
    const { take, holders, slots } = open();
    for (let count = 0; count < 50; count += 1) take('a');
    take('b');
    expect(await holders()).toBe('aaab');
    expect([slots.waiting('a'), slots.waiting('b')]).toEqual([47, 0]);
  });

  it('go to waiting tenants in turn', async () => {
    const { take, holders, giveBack } = open();
    for (const tenant of 'aaaaaaaabbbbbbbc') take(tenant);
    expect(await holders()).toBe('aaab');
    for (let count = 0; count < 4; count += 1) giveBack();
    expect((await holders()).split('').toSorted().join('')).toBe('aabc');
  });

  it('go to the next when one stops waiting, without counting it', async () => {
    const { slots, take, holders, giveBack } = open(4);
    for (let count = 0; count < 4; count += 1) take('a');
    expect(await slots.take('b', 5)).toBeUndefined();
    expect(slots.waiting('b')).toBe(0);
    take('c');
    giveBack();
    expect(await holders()).toBe('aaac');
  });

  it('are all free again after all were released', async () => {
    const { take, holders, giveBack } = open();
    for (const tenant of 'aaaaabbbbbccccc') take(tenant);
    for (let count = 0; count < 15; count += 1) {
      await holders();
      giveBack();
    }
    for (const tenant of 'xxxy') take(tenant);
    expect(await holders()).toBe('xxxy');
  });
});
