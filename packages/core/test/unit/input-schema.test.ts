import type { JsonObject } from '@proviso/contracts';
import { paramsOf, schemaFault } from '../../src/tools/input-schema.ts';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });

describe('a tool’s input schema', () => {
  it.each<[string, JsonObject]>([
    ['nothing at all', {}],
    ['2020-12, by name', { $schema: 'https://json-schema.org/draft/2020-12/schema', ...object({}) }],
    ['draft-07, by name', { $schema: 'http://json-schema.org/draft-07/schema#', ...object({}) }],
    ['an $id', { $id: 'https://example.com/refund', ...object({}) }],
    ['keywords of others', object({ a: { type: 'string', 'x-order': 1, example: 'b', nullable: true } })],
    ['an unknown format', object({ a: { type: 'string', format: 'iban' } })],
    ['local references', object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: { type: 'string' } } })],
    ['a property that is called $ref', object({ $ref: { type: 'string' } })],
  ])('may have %s', (_, schema) => expect(schemaFault(schema)).toBeUndefined());

  it.each<[string, JsonObject, string]>([
    ['another type', { type: 'array' }, 'must describe an object'],
    [
      'a remote reference',
      object({ a: { $ref: 'https://example.com/a' } }),
      'must not refer to anything outside itself',
    ],
    ['a file', object({ a: { $ref: 'file:///etc/passwd' } }), 'must not refer to anything outside itself'],
    ['a reference to nowhere', object({ a: { $ref: '#/$defs/a' } }), 'is not JSON Schema'],
    ['a broken pattern', object({ a: { pattern: '(' } }), 'is not JSON Schema'],
    ['a keyword of the wrong kind', object({ a: { minimum: 'x' } }), 'is not JSON Schema'],
    ['an unknown dialect', { $schema: 'https://example.com/mine', type: 'object' }, 'is not JSON Schema'],
    ['asynchronous validation', { $async: true, type: 'object' }, 'must not be $async'],
  ])('may not have %s', (_, schema, fault) => expect(schemaFault(schema)).toContain(fault));

  it('may describe a tree by itself', () => {
    const tree = paramsOf(object({ child: { $ref: '#' } }, { additionalProperties: false }));
    expect(tree.safeParse({ child: { child: {} } }).success).toBe(true);
    expect(tree.safeParse({ child: { child: { b: 1 } } }).error?.issues[0]?.path).toEqual(['child', 'child', 'b']);
  });

  it('may have the $id that another one has, also that of JSON Schema itself', () => {
    const $ids = ['https://example.com/same', 'https://json-schema.org/draft/2020-12/schema'];
    for (const type of ['string', 'number'])
      for (const $id of $ids) expect(schemaFault({ $id, ...object({ a: { type } }) })).toBeUndefined();
    const params = paramsOf({ $id: 'https://example.com/same', ...object({ a: { type: 'number' } }) });
    expect([params.safeParse({ a: 1 }).success, params.safeParse({ a: 'x' }).success]).toEqual([true, false]);
  });

  it.each<[string, JsonObject, JsonObject, [string, string]]>([
    ['a missing field', object({}, { required: ['a'] }), {}, ['a', 'is required']],
    ['an unknown field', object({ a: {} }, { additionalProperties: false }), { b: 1 }, ['b', 'is not a known field']],
    ['a field deep down', object({ a: { items: { maximum: 3 } } }), { a: [1, 9] }, ['a.1', 'must be <= 3']],
    ['a name with a slash', object({ 'a/b~': { type: 'null' } }), { 'a/b~': 1 }, ['a/b~', 'must be null']],
    ['a format', object({ at: { type: 'string', format: 'email' } }), { at: 'x' }, ['at', 'must match format "email"']],
  ])('says where and why: %s', (_, schema, params, said) => {
    const issues = paramsOf(schema).safeParse(params).error?.issues ?? [];
    expect(issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([said]);
  });

  it('changes nothing: no default is filled in, no value is coerced', () => {
    const params = paramsOf(object({ a: { type: 'number', default: 1 }, b: { type: 'string' } }));
    expect(params.parse({ b: 'x' })).toEqual({ b: 'x' });
    expect(params.safeParse({ a: '1' }).success).toBe(false);
  });

  it('lets pass where a call belongs, unless the schema describes it', () => {
    const given = { workspace_id: 'w', missionId: 'm', session_id: 's' };
    expect(paramsOf(object({}, { additionalProperties: false })).parse(given)).toEqual(given);
    const described = paramsOf(object({ session_id: { type: 'number' } }));
    expect(described.safeParse(given).error?.issues[0]?.path).toEqual(['session_id']);
  });

  it.each<[string, JsonObject]>([
    ['a pattern without end', object({ a: { pattern: '^(a+)+$' } })],
    ['a web of references', { ...object({ a: { $ref: '#/$defs/a30' } }), $defs: web(30) }],
    ['a reference to itself', { type: 'object', allOf: [{ $ref: '#' }] }],
  ])('cannot hold up the process: %s', (_, schema) => {
    const startedAt = performance.now();
    expect(schemaFault(schema)).toBeUndefined();
    for (let proposal = 0; proposal < 100; proposal += 1) {
      const parsed = paramsOf(schema).safeParse({ a: `${'a'.repeat(40)}!` });
      expect(parsed.error?.issues.map(({ message }) => message)).toEqual([
        'cannot be tested by the tool’s input_schema in time',
      ]);
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

/** Each asks the one below twice: 2ⁿ tests in n lines. */
function web(depth: number): JsonObject {
  const names = Array.from({ length: depth }, (_, index) => [
    `a${index + 1}`,
    { allOf: [{ $ref: `#/$defs/a${index}` }, { $ref: `#/$defs/a${index}` }] },
  ]);
  return { a0: { type: 'string' }, ...(Object.fromEntries(names) as JsonObject) };
}
