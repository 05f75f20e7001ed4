import { storable } from '../../src/execution/storable.ts';

describe('what an executor said', () => {
  it('keeps a message without the characters that PostgreSQL refuses, and of a length for people', () => {
    const said = storable({ kind: 'refused', message: `a\u0000b\ud800${'x'.repeat(5_000)}` });
    expect(said).toMatchObject({ message: expect.stringMatching(/^ab\ufffdx{996,997}$/) });
  });

  it.each([
    [1_500.5, 1_501],
    [0, 1_000],
    [-5, 1_000],
    [Number.NaN, 2_592_000_000],
    [Number.POSITIVE_INFINITY, 2_592_000_000],
    [1e12, 2_592_000_000],
  ])('takes a wait of %s ms as %s', (afterMs, kept) =>
    expect(storable({ kind: 'later', message: '', afterMs })).toMatchObject({ afterMs: kept }),
  );

  it('keeps a result as JSON, whatever it is', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const resultOf = (result: unknown) => {
      const said = storable({ kind: 'done', result: result as never });
      return said.kind === 'done' ? said.result : undefined;
    };
    expect(resultOf({ a: ['x\u0000', { '\u0000b': '\ud800' }], n: 1n })).toEqual({ a: ['x', { b: '\ufffd' }], n: '1' });
    expect(resultOf(circular)).toEqual({ not_storable: true });
    expect(resultOf(undefined)).toEqual({});
    expect(resultOf('text')).toEqual({ value: 'text' });
    expect(resultOf({ big: 'x'.repeat(300_000) })).toEqual({ too_large: true });
  });
});
