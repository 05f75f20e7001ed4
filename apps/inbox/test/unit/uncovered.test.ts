import { uncovered } from '../../src/card/uncovered.ts';

describe('the fields that a card does not show', () => {
  const preview = {
    title: 'Email to ada@example.com',
    fields: [
      { label: 'Cc', value: 'one@example.com, two@example.com' },
      { label: 'Seats', value: 50 },
      { label: 'Options', value: ['Yes', 'No'] },
    ],
    body: { text: 'Dear Ada' },
  };

  it('are all those whose value stands nowhere on it', () => {
    const params = {
      email: 'ada@example.com',
      cc: ['one@example.com', 'two@example.com'],
      seats: 50,
      options: ['Yes', 'No'],
      message: 'Dear Ada',
      bcc: 'hidden@example.com',
      send: true,
      note: '',
      nested: { deep: [{ amount: 5 }] },
    };
    expect(uncovered(params, preview)).toEqual([
      { path: 'bcc', value: 'hidden@example.com' },
      { path: 'nested.deep.0.amount', value: 5 },
      { path: 'note', value: '' },
      { path: 'send', value: true },
    ]);
  });

  it('are all fields where no card was drawn', () => {
    expect(uncovered({ b: 1, a: null }, null)).toEqual([
      { path: 'a', value: null },
      { path: 'b', value: 1 },
    ]);
  });
});
