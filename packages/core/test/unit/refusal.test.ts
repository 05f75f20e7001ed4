import { z } from 'zod';
import { invalidInput } from '../../src/platform/errors.ts';

describe('a refusal', () => {
  it('lists 20 errors and says how many more there are', () => {
    const { error } = z.array(z.string()).safeParse(Array.from({ length: 9_000 }, () => 0));
    const { details, message } = invalidInput(error as z.ZodError);
    expect(details.map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
    expect(message.endsWith('; and 8980 more')).toBe(true);
  });

  it('repeats only a part of the input', () => {
    const { error } = z.strictObject({}).safeParse({ ['k'.repeat(100_000)]: 0 });
    const { details, message } = invalidInput(error as z.ZodError);
    expect(details).toEqual([{ path: `${'k'.repeat(199)}…`, message: 'is not a known field' }]);
    expect(message.length).toBeLessThan(300);
  });

  it('says what to do, without zod’s jargon', () => {
    const body = z.strictObject({
      name: z.string().min(1).max(3),
      params: z.record(z.string(), z.unknown()),
      count: z.int().max(9),
      action: z.enum(['approve', 'reject']),
      id: z.uuid(),
      own: z.string().regex(/^a/, 'must begin with an a'),
    });
    const { error } = body.safeParse({ name: 'long', params: [], count: 10, action: 'no', id: 'x', own: 'b' });
    expect(invalidInput(error as z.ZodError).details).toEqual([
      { path: 'name', message: 'must have at most 3 characters' },
      { path: 'params', message: 'must be an object' },
      { path: 'count', message: 'must be at most 9' },
      { path: 'action', message: 'must be "approve" or "reject"' },
      { path: 'id', message: 'must be a UUID' },
      { path: 'own', message: 'must begin with an a' },
    ]);
    const { error: missing } = body.pick({ name: true }).safeParse({});
    expect(invalidInput(missing as z.ZodError).message).toBe('name: is required');
  });
});
