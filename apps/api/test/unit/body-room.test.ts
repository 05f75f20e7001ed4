import { createBodyRoom } from '../../src/body-room.ts';

const MIB = 1024 * 1024;

describe('the memory budget for bodies', () => {
  it('is 16 MiB for a token, and 64 MiB for all', () => {
    const room = createBodyRoom();
    for (const token of ['a', 'b', 'c', 'd']) {
      room(token).take(15 * MIB);
      room(token).take(MIB);
      expect(() => room(token).take(1)).toThrow('Too many large bodies');
    }
    expect(() => room('e').take(1)).toThrow('Too many large bodies');
  });

  it('is released once when a request ends', () => {
    const room = createBodyRoom();
    const [first, second] = [room('a'), room('a')];
    first.take(10 * MIB);
    second.take(6 * MIB);
    first.end();
    first.end();
    expect(() => room('a').take(10 * MIB)).not.toThrow();
    expect(() => room('a').take(1)).toThrow('Too many large bodies');
  });
});
