import type { JsonObject } from '@proviso/contracts';
import { sanitizeResult } from '../../src/executors/sanitize-result.ts';

describe('the result of an executor', () => {
  it('removes characters from a message that PostgreSQL refuses, and limits its length', () => {
    const said = sanitizeResult({ kind: 'refused', message: `a\u0000b\ud800${'x'.repeat(5_000)}` });
    expect(said).toMatchObject({ message: expect.stringMatching(/^ab\ufffdx{996,997}$/) });
  });

  it.each([
    [1_500.5, 1_501],
    [0, 1_000],
    [-5, 1_000],
    [Number.NaN, 2_592_000_000],
    [Number.POSITIVE_INFINITY, 2_592_000_000],
    [1e12, 2_592_000_000],
  ])('reads a wait of %s ms as %s', (afterMs, kept) =>
    expect(sanitizeResult({ kind: 'later', message: '', afterMs })).toMatchObject({ afterMs: kept }),
  );

  it('keeps a result as JSON, whatever it is', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const resultOf = (result: unknown) => {
      const said = sanitizeResult({ kind: 'done', result: result as never });
      return said.kind === 'done' ? said.result : undefined;
    };
    expect(resultOf({ a: ['x\u0000', { '\u0000b': '\ud800' }], n: 1n })).toEqual({ a: ['x', { b: '\ufffd' }], n: '1' });
    expect(resultOf(circular)).toEqual({ not_storable: true });
    expect(resultOf(undefined)).toEqual({});
    expect(resultOf('text')).toEqual({ value: 'text' });
  });

  describe('keeps what fits of a result beyond 256 KiB, and lists what was cut', () => {
    const keptOf = (result: JsonObject): JsonObject => {
      const said = sanitizeResult({ kind: 'done', result });
      const kept = said.kind === 'done' ? said.result : {};
      expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(256 * 1024);
      return kept;
    };
    const large = 'x"€'.repeat(200_000);

    it('a text', () => {
      const { body, ...rest } = keptOf({ id: 'inv_1', body: large, total: 42, paid: true, note: null }) as {
        body: string;
      };
      expect(rest).toEqual({ id: 'inv_1', total: 42, paid: true, note: null, too_large: ['body'] });
      expect(large.startsWith(body.slice(0, -1))).toBe(true);
      expect(body.length).toBeGreaterThan(50_000);
    });

    it('texts in lists and objects', () => {
      const { content, too_large } = keptOf({
        content: [{ type: 'text', text: large }, { type: 'resource', uri: 'file:///a', text: large }, { id: 7 }],
      });
      expect(content).toMatchObject([{ type: 'text' }, { type: 'resource', uri: 'file:///a' }, { id: 7 }]);
      expect(too_large).toEqual(['content.0.text', 'content.1.text']);
    });

    it('a list of many rows', () => {
      const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, name: `row ${id}` }));
      const kept = keptOf({ rows, next: 'abc' });
      const there = (kept.rows as JsonObject[]).length;
      expect(kept.rows).toEqual(rows.slice(0, there));
      expect(there).toBeGreaterThan(5_000);
      expect(kept).toMatchObject({ next: 'abc', too_large: [`rows.${there} to 49999`] });
    });

    it('an object of many fields', () => {
      const ids = Object.fromEntries(Array.from({ length: 50_000 }, (_, id) => [`key_${id}`, id]));
      expect(Object.keys(keptOf({ ids, id: 'a' }).ids as object).length).toBeGreaterThan(5_000);
      expect(keptOf({ ids, id: 'a' }).id).toBe('a');
    });

    it('a value that is nested deeply, or large by its names', () => {
      let deep: JsonObject = { text: large };
      for (let level = 0; level < 1_000; level += 1) deep = { deep };
      expect(keptOf({ deep, id: 'a' })).toMatchObject({ id: 'a' });
      expect(keptOf({ [large]: 1, id: 'a' })).toMatchObject({ id: 'a' });
    });
  });
});
