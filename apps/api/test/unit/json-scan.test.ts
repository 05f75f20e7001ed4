import { JSON_DEPTH_MAX } from '@proviso/contracts';
import fc from 'fast-check';
import { BODY, readJson } from '../../src/body.ts';

/** A text of JSON, what it means, and whether it means one thing only. */
interface Model {
  text: string;
  value: unknown;
  kept: boolean;
  depth: number;
}

const leaf = (text: string, value: unknown, kept = true): Model => ({ text, value, kept, depth: 0 });

/** A unit of UTF-16 as it may be written; lone surrogates only by an escape, since UTF-8 has none. */
const unit = fc.oneof(
  fc.constantFrom('a', ':', '{', ',', '[', ' ', 'é', '🎉').map((text) => [text, text] as const),
  fc.constantFrom('\\"', '\\\\', '\\n', '\\/').map((text) => [text, JSON.parse(`"${text}"`) as string] as const),
  fc
    .constantFrom(0, 0x61, 0xe9, 0xd83c, 0xdf89, 0xdc00, 0xd800, 0x3a)
    .map((code) => [`\\u${code.toString(16).padStart(4, '0')}`, String.fromCharCode(code)] as const),
);
const string = fc.array(unit, { maxLength: 6 }).map((units): Model => {
  const value = units.map(([, meant]) => meant).join('');
  return leaf(`"${units.map(([text]) => text).join('')}"`, value, !value.includes('\u0000') && value.isWellFormed());
});

const EXACT = '0 -0 7 -1.5 1e3 9007199254740991 -9007199254740991 0.1 1E-300 0e-999 1e15'.split(' ');
const LOST = ['9007199254740992', '-9007199254740993', '9.007199254740993e15', '1e400', '-1e400', '1e-400', '123e-999'];
const number = fc.constantFrom(...EXACT, ...LOST).map((text) => leaf(text, Number(text), EXACT.includes(text)));
const constant = fc.constantFrom('true', 'false', 'null').map((text) => leaf(text, JSON.parse(text)));
const space = fc.constantFrom('', '', ' ', '\n\t');

const key = fc.oneof(
  string,
  fc.constantFrom('a', 'b', '__proto__').map((name) => leaf(`"${name}"`, name)),
);

const { value: model } = fc.letrec<{ value: Model; list: Model; object: Model }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, string, number, constant, tie('list'), tie('object')),
  list: fc.tuple(fc.array(tie('value'), { maxLength: 4 }), space).map(([items, gap]) => ({
    text: `[${items.map(({ text }) => gap + text).join(',')}${gap}]`,
    value: items.map(({ value }) => value),
    kept: items.every(({ kept }) => kept),
    depth: 1 + Math.max(0, ...items.map(({ depth }) => depth)),
  })),
  object: fc.tuple(fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }), space).map(([members, gap]) => {
    const names = members.map(([{ value }]) => value as string);
    return {
      text: `{${members.map(([name, { text }]) => `${gap}${name.text}${gap}:${gap}${text}`).join(`${gap},`)}}`,
      value: Object.fromEntries(members.map(([name, { value }]) => [name.value, value])),
      kept:
        new Set(names).size === names.length &&
        !names.includes('__proto__') &&
        members.every(([name, value]) => name.kept && value.kept),
      depth: 1 + Math.max(0, ...members.map(([, { depth }]) => depth)),
    };
  }),
}));

const read = (text: string | Buffer, limits = BODY): Promise<unknown> =>
  readJson(Buffer.from(text), 'application/json', limits);

describe('a body of JSON', () => {
  it('is read as JSON.parse does, or refused exactly if it is ambiguous', async () => {
    await fc.assert(
      fc.asyncProperty(model, async ({ text, value, kept, depth }) => {
        if (kept && depth <= JSON_DEPTH_MAX) expect(await read(text)).toEqual(value);
        else await expect(read(text)).rejects.toMatchObject({ code: 'INVALID' });
      }),
      { numRuns: 3_000 },
    );
  });

  it('is refused without a throw if a part is missing or a byte differs', async () => {
    const broken = fc.tuple(model, fc.nat(), fc.nat({ max: 255 })).map(([{ text }, at, byte]) => {
      const bytes = Buffer.from(text);
      return byte % 2 === 0 ? bytes.subarray(0, at % bytes.length) : Buffer.from(bytes.with(at % bytes.length, byte));
    });
    const readOrRefused = async (bytes: Buffer): Promise<void> => {
      const known = await read(bytes).then(
        (value) => JSON.stringify(value),
        (error: { code?: string }) => error.code,
      );
      if (known === 'INVALID') return;
      expect(known).toBe(JSON.stringify(JSON.parse(bytes.toString())));
    };
    await fc.assert(fc.asyncProperty(broken, readOrRefused), { numRuns: 3_000 });
  });

  it.each([
    ['{"a":1,"b":{"c":1,"c":1}}', 'c'],
    ['[{"a":1},{"a":1,"\\u0061":2}]', 'a'],
    ['{"x":{"a:\\"":1},"a":{"a:\\"":1,"b":":","a:\\"":1}}', 'a:"'],
  ])('names the key that is repeated in %s', async (text, path) => {
    await expect(read(text)).rejects.toMatchObject({ details: [{ path }] });
  });

  it.each([
    ['values', { ...BODY, valuesMax: 5 }, '[1,[2],3]', '[1,[2],3,4]'],
    ['keys', { ...BODY, keysMax: 2 }, '{"a":{"b":[]}}', '{"a":{"b":{"c":1}}}'],
    ['levels', { ...BODY, depthMax: 2 }, '[[],{}]', '[[[]]]'],
  ])('has a limit of %s', async (_, limits, within, beyond) => {
    expect(await read(within, limits)).toEqual(JSON.parse(within));
    await expect(read(beyond, limits)).rejects.toMatchObject({ code: 'INVALID' });
  });
});
