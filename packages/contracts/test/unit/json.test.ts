import { jsonFault, jsonObject, JSON_DEPTH_MAX } from '@proviso/contracts';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('JSON that can be stored and hashed as it came', () => {
  it.each([
    [{ a: [1, 'x', null, true, { b: -1.5 }] }],
    [{ emoji: '😀' }],
    [nested(JSON_DEPTH_MAX)],
    [{ big: 2 ** 53 - 1 }],
  ])('is accepted: %#', (value) => expect(jsonFault(value)).toBeUndefined());

  it.each([
    [{ a: '\u0000' }, /NUL/],
    [{ '\u0000': 1 }, /NUL/],
    [{ a: '\ud800' }, /surrogate/],
    [{ a: 2 ** 53 }, /2\^53/],
    [{ a: Number.POSITIVE_INFINITY }, /finite/],
    [nested(JSON_DEPTH_MAX + 1), /deeper/],
    [JSON.parse('{"__proto__": 1}'), /__proto__/],
    [{ a: 1n }, /bigint/],
  ])('is refused with the reason: %#', (value, why) => expect(jsonFault(value)).toMatch(why));

  it('must be an object where one is required', () => {
    for (const value of [[], 'x', null, 1]) expect(jsonObject.safeParse(value).success).toBe(false);
    expect(jsonObject.parse({ a: { b: 1 } })).toEqual({ a: { b: 1 } });
  });
});
