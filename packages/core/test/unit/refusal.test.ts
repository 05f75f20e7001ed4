import { z } from 'zod';
import { invalidInput } from '../../src/errors.ts';

describe('a refusal', () => {
  it('names 20 faults, and says how many more there are', () => {
    const { error } = z.array(z.string()).safeParse(Array.from({ length: 9_000 }, () => 0));
    const { details, message } = invalidInput(error as z.ZodError);
    expect(details.map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
    expect(message.endsWith('; and 8980 more')).toBe(true);
  });

  it('repeats no more than a part of what was sent', () => {
    const { error } = z.strictObject({}).safeParse({ ['k'.repeat(100_000)]: 0 });
    const { details, message } = invalidInput(error as z.ZodError);
    expect(details).toEqual([{ path: `${'k'.repeat(199)}…`, message: 'is not a known field' }]);
    expect(message.length).toBeLessThan(300);
  });
});
