import { compare } from '../../src/card/compare.ts';

const params = (amount: number, currency = 'EUR', to = `c${amount}@example.com`) => ({
  params: { amount, currency, to },
});

describe('what sets a proposal apart from those approved before', () => {
  it('is said only of enough approvals', () => {
    expect(compare(params(1), [params(1), params(2)])).toBeNull();
  });

  it('is a value that none had where they all had one and the same', () => {
    const approved = [params(1), params(2), params(3)];
    expect(compare(params(4), approved)).toEqual({ count: 3, differs: [] });
    expect(compare(params(4, 'USD'), approved)?.differs).toEqual([{ path: 'currency', value: 'USD', before: 'EUR' }]);
  });

  it('is also a field that is new, or missing', () => {
    const approved = [{ params: { a: 1 } }, { params: { a: 1 } }, { params: { a: 1 } }];
    expect(compare({ params: { bcc: 'x' } }, approved)?.differs).toEqual([
      { path: 'bcc', value: 'x', before: null },
      { path: 'a', value: null, before: 1 },
    ]);
  });
});
