import { coverValue, withoutPatterns } from '../../src/edit/draw-schema.ts';

describe('the schema that a form draws', () => {
  it('has no regular expression, and keeps a param that is called pattern', () => {
    const schema = {
      type: 'object',
      properties: {
        pattern: { type: 'string', pattern: '(a+)+$', enum: ['pattern'] },
        list: { items: { pattern: 'x' } },
      },
      patternProperties: { '^x': {} },
      additionalProperties: false,
    };
    expect(withoutPatterns(schema)).toEqual({
      type: 'object',
      properties: { pattern: { type: 'string', enum: ['pattern'] }, list: { items: {} } },
    });
  });

  it('has a field for each param that the schema does not mention, also inside, and changes none that it does', () => {
    const schema = { properties: { order: { type: 'object', properties: { id: { type: 'integer' } } } } };
    const params = { order: { id: 1, gift: true }, notes: ['a'], nothing: null };
    expect(coverValue(schema, params).properties).toEqual({
      order: { type: 'object', properties: { id: { type: 'integer' }, gift: { type: 'boolean' } } },
      notes: { type: 'array', items: { type: 'string' } },
      nothing: { type: ['string', 'null'] },
    });
  });
});
