import { setImmediate as turn } from 'node:timers/promises';
import { hashJson, hashLargeJson } from '../../src/platform/canonical.ts';
import { nextSlice } from '../../src/platform/time-slice.ts';
import type { JsonValue } from '@proviso/contracts';
import fc from 'fast-check';

/** Keeps the loop for as long as one item of some work may. */
function work(forMs: number): void {
  const until = performance.now() + forMs;
  while (performance.now() < until);
}

describe('work on many items', () => {
  it('lets the event loop run between slices, however many requests work at once', async () => {
    let turns = 0;
    const over = new AbortController();
    const others = async (): Promise<void> => {
      for (; !over.signal.aborted; turns += 1) await turn();
    };
    const request = async (): Promise<void> => {
      for (let item = 0; item < 20; item += 1) {
        await nextSlice();
        work(1);
      }
    };
    const counting = others();
    await Promise.all(Array.from({ length: 10 }, request));
    over.abort();
    await counting;
    expect(turns).toBeGreaterThan(10); // 200 ms of work
  });
});

describe('the hash of what may be large', () => {
  it('is that of the whole', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
        expect(await hashLargeJson(value as JsonValue)).toBe(hashJson(value as JsonValue));
      }),
    ));
});
