import { createBodyMemory } from '../../src/body-memory.ts';

const MIB = 1024 * 1024;

describe('the memory budget for bodies', () => {
  it('is 16 MiB for a token, and 64 MiB for all', () => {
    const memoryFor = createBodyMemory();
    for (const token of ['a', 'b', 'c', 'd']) {
      memoryFor(token).reserve(15 * MIB);
      memoryFor(token).reserve(MIB);
      expect(() => memoryFor(token).reserve(1)).toThrow('Too many large bodies');
    }
    expect(() => memoryFor('e').reserve(1)).toThrow('Too many large bodies');
  });

  it('is released once when a request ends', () => {
    const memoryFor = createBodyMemory();
    const [first, second] = [memoryFor('a'), memoryFor('a')];
    first.reserve(10 * MIB);
    second.reserve(6 * MIB);
    first.release();
    first.release();
    expect(() => memoryFor('a').reserve(10 * MIB)).not.toThrow();
    expect(() => memoryFor('a').reserve(1)).toThrow('Too many large bodies');
  });
});
