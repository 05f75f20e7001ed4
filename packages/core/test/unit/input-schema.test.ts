import type { JsonObject } from '@proviso/contracts';
import { checkSchema, inputFault, paramsOf } from '../../src/schema/input-schema.ts';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const own = (schema: JsonObject) => ({ workspaceId: 'w', schema });
const faultOf = async (schema: JsonObject): Promise<string | undefined> => (await checkSchema(own(schema))).fault;
/** Where and why params do not fit; empty = they do. */
const said = async (schema: JsonObject, params: JsonObject): Promise<[string, string][]> => {
  const { error } = await paramsOf(own(schema)).safeParseAsync(params);
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
};

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
  ])('may have %s', async (_, schema) => expect(await faultOf(schema)).toBeUndefined());

  it.each<[string, JsonObject, string]>([
    ['another type', { type: 'array' }, 'must describe an object'],
    [
      'a remote reference',
      object({ a: { $ref: 'https://example.com/a' } }),
      'must not refer to anything outside itself',
    ],
    ['a file', object({ a: { $ref: 'file:///etc/passwd' } }), 'must not refer to anything outside itself'],
    ['a reference to nowhere', object({ a: { $ref: '#/$defs/a' } }), 'is not JSON Schema'],
    ['a keyword of the wrong kind', object({ a: { minimum: 'x' } }), 'is not JSON Schema'],
    ['asynchronous validation', { $async: true, type: 'object' }, 'must not be $async'],
  ])('may not have %s', async (_, schema, fault) => expect(await faultOf(schema)).toContain(fault));

  const DRAFT_04 = 'http://json-schema.org/draft-04/schema#';
  const NEWER = 'https://json-schema.org/draft/2019-09/schema';
  const text = { $defs: { text: { type: 'string' } } };
  it.each<[string, JsonObject, JsonObject[], JsonObject[]]>([
    ['(?i) in a pattern', object({ a: { pattern: '(?i)^abc$' } }), [{ a: 'aBc' }], [{ a: 'abd' }]],
    ['an escaped hyphen in a pattern', object({ a: { pattern: '^a\\-b$' } }), [{ a: 'a-b' }], [{ a: 'ab' }]],
    [
      'nullable beside $ref',
      object({ a: { $ref: '#/$defs/text', nullable: true } }, text),
      [{ a: null }, { a: 'x' }],
      [{ a: 1 }],
    ],
    [
      'nullable beside enum',
      object({ a: { type: 'string', enum: ['b'], nullable: true } }),
      [{ a: null }, { a: 'b' }],
      [{ a: 'c' }],
    ],
    ['nullable: false', object({ a: { type: 'string', nullable: false } }), [{ a: 'b' }], [{ a: null }]],
    [
      'a $ref among examples',
      object({ a: { type: 'string', examples: [{ $ref: 'https://example.com/a' }] } }),
      [{ a: 'b' }],
      [{ a: 1 }],
    ],
    [
      'a $ref in a default, a const and an enum',
      object({ a: { default: { $ref: 'x:y' }, enum: [{ $ref: 'x:y' }] } }),
      [{ a: { $ref: 'x:y' } }],
      [{ a: 1 }],
    ],
    ['an $id in an example', object({ a: { type: 'string', example: { $id: '% %' } } }), [{ a: 'b' }], [{ a: 1 }]],
    [
      'draft-04',
      { $schema: DRAFT_04, id: 'http://example.com/a', ...object({ a: { minimum: 0, exclusiveMinimum: true } }) },
      [{ a: 1 }],
      [{ a: 0 }],
    ],
    ['exclusiveMaximum: false', object({ a: { maximum: 9, exclusiveMaximum: false } }), [{ a: 9 }], [{ a: 10 }]],
    [
      'an id as an anchor',
      {
        $schema: DRAFT_04,
        ...object({ a: { $ref: '#text' } }, { definitions: { b: { id: '#text', type: 'string' } } }),
      },
      [{ a: 'b' }],
      [{ a: 1 }],
    ],
    [
      '2019-09',
      {
        $schema: NEWER,
        $recursiveAnchor: true,
        ...object({ a: { $recursiveRef: '#' } }, { additionalProperties: false }),
      },
      [{ a: { a: {} } }],
      [{ a: { b: 1 } }],
    ],
    [
      'items one by one',
      object({ a: { items: [{ type: 'string' }], additionalItems: false } }),
      [{ a: ['b'] }],
      [{ a: [1] }, { a: ['b', 'c'] }],
    ],
    ['dependencies', object({ a: {} }, { dependencies: { a: ['b'] } }), [{ a: 1, b: 1 }], [{ a: 1 }]],
    [
      'an argument that is called id, nullable or examples',
      object({ id: { type: 'string' }, nullable: { type: 'string' }, examples: { type: 'string' } }),
      [{ id: 'x' }],
      [{ id: 1 }, { nullable: true }, { examples: [] }],
    ],
  ])('of another dialect or generator keeps its meaning: %s', async (_, schema, fits, others) => {
    expect(await checkSchema(own(schema))).toEqual({ kind: 'definition', untested: [] });
    for (const params of fits) expect({ params, said: await said(schema, params) }).toEqual({ params, said: [] });
    for (const params of others)
      expect({ params, faults: (await said(schema, params)).length }).toEqual({ params, faults: 1 });
  });

  it.each<[string, JsonObject, string]>([
    ['a look-ahead', { pattern: '^(?=x)' }, 'the pattern ^(?=x) is not RE2 syntax'],
    ['a backreference', { pattern: '^(x)\\1$' }, 'no look-around and no backreferences'],
    ['a pattern that is none', { pattern: '(' }, 'the pattern ( is not RE2 syntax'],
    ['a count beyond RE2’s', { pattern: '^x{5000}$' }, 'is not RE2 syntax'],
    ['a type of somebody else’s', { type: 'any' }, 'the type "any" at /properties/a is not a JSON Schema type'],
    ['required as a word', { required: true }, 'required at /properties/a is not a list of names'],
  ])('is validated as far as possible, and the rest is reported: %s', async (_, odd, what) => {
    const schema = object({ a: odd, b: { type: 'string' } });
    expect((await checkSchema(own(schema))).untested).toEqual([expect.stringContaining(what)]);
    expect(await said(schema, { a: 'anything', b: 'x' })).toEqual([]);
    expect(await said(schema, { b: 1 })).toEqual([['b', 'must be string']]);
  });

  it('of an unknown dialect is read as 2020-12, with a warning', async () => {
    const schema = { $schema: 'https://example.com/mine', ...object({ a: { type: 'string' } }) };
    expect((await checkSchema(own(schema))).untested).toEqual([
      expect.stringContaining('"https://example.com/mine" is not known'),
    ]);
    expect(await said(schema, { a: 1 })).toHaveLength(1);
  });

  it.each<[string, JsonObject, string]>([
    ['more than 1000 objects', object(many(1_000)), 'it has more than 1000 objects'],
    ['more than 200 references', object(many(201, { $ref: '#' })), 'it has more than 200 references'],
    ['33 levels', nest(17), 'it is nested deeper than 32'],
  ])('with %s validates nothing, with a warning', async (_, schema, what) => {
    expect(await checkSchema(own(schema))).toEqual({ kind: 'definition', untested: [what] });
    expect(await said(schema, { p1: 1 })).toEqual([]);
  });

  it('may describe a recursive tree', async () => {
    const tree = object({ child: { $ref: '#' } }, { additionalProperties: false });
    expect(await said(tree, { child: { child: {} } })).toEqual([]);
    expect(await said(tree, { child: { child: { b: 1 } } })).toEqual([['child.child.b', 'is not a known field']]);
  });

  it('may have the $id that another one has, also that of JSON Schema itself', async () => {
    const $ids = ['https://example.com/same', 'https://json-schema.org/draft/2020-12/schema'];
    for (const type of ['string', 'number'])
      for (const $id of $ids) expect(await faultOf({ $id, ...object({ a: { type } }) })).toBeUndefined();
    const schema = { $id: 'https://example.com/same', ...object({ a: { type: 'number' } }) };
    expect([await said(schema, { a: 1 }), await said(schema, { a: 'x' })]).toEqual([[], [['a', 'must be number']]]);
  });

  it.each<[string, JsonObject, JsonObject, [string, string]]>([
    ['a missing field', object({}, { required: ['a'] }), {}, ['a', 'is required']],
    ['an unknown field', object({ a: {} }, { additionalProperties: false }), { b: 1 }, ['b', 'is not a known field']],
    ['a field deep down', object({ a: { items: { maximum: 3 } } }), { a: [1, 9] }, ['a.1', 'must be <= 3']],
    ['a name with a slash', object({ 'a/b~': { type: 'null' } }), { 'a/b~': 1 }, ['a/b~', 'must be null']],
    ['a format', object({ at: { type: 'string', format: 'email' } }), { at: 'x' }, ['at', 'must match format "email"']],
  ])('says where and why: %s', async (_, schema, params, fault) => {
    expect(await said(schema, params)).toEqual([fault]);
  });

  it('changes nothing: no defaults, no coercion', async () => {
    const schema = object({ a: { type: 'number', default: 1 }, b: { type: 'string' } });
    expect(await paramsOf(own(schema)).parseAsync({ b: 'x' })).toEqual({ b: 'x' });
    expect(await said(schema, { a: '1' })).toHaveLength(1);
  });

  it('accepts context fields unless the schema describes them', async () => {
    const given = { workspace_id: 'w', missionId: 'm', session_id: 's' };
    const closed = paramsOf(own(object({}, { additionalProperties: false })));
    expect(await closed.parseAsync(given)).toEqual(given);
    expect(await said(object({ session_id: { type: 'number' } }), given)).toEqual([['session_id', 'must be number']]);
  });

  it.each<[string, string, string]>([
    ['^(a+)+$', 'aaa', `${'a'.repeat(100_000)}!`],
    ['^(a|a)*$', 'aaa', `${'a'.repeat(100_000)}!`],
    ['^(.*,){9}P', ',,,,,,,,,P', ','.repeat(50_000)],
    ['^\\u00e9\\d+\\/$', 'é1/', 'e1/'],
    ['^\\p{L}+$', 'é', '1'],
    ['^[\\w.-]+@[\\w.-]+$', 'a@b.c', 'a b'],
  ])('matches the pattern %s in linear time', async (pattern, fits, not) => {
    const schema = object({ a: { pattern } });
    expect(await said(schema, { a: fits })).toEqual([]);
    expect(await said(schema, { a: not })).toEqual([['a', `must match pattern "${pattern}"`]]);
  });

  it('of an MCP server is validated as far as possible, and the rest is reported', async () => {
    const schema = object({ a: { pattern: '^(?!x)', maxLength: 3 }, b: { pattern: '^y$' } });
    const { fault, untested } = await checkSchema(own(schema));
    expect([fault, untested]).toEqual([undefined, [expect.stringContaining('the pattern ^(?!x) is not RE2 syntax')]]);
    expect(await inputFault(own(schema), { a: 'x', b: 'y' })).toBeUndefined();
    expect(await inputFault(own(schema), { a: 'long' })).toMatchObject({ path: ['a'] });
    expect(await inputFault(own(schema), { b: 'x' })).toMatchObject({ path: ['b'] });
    expect((await checkSchema(own(object(many(1_000))))).untested).toEqual(['it has more than 1000 objects']);
    expect(await inputFault(own(object(many(1_000))), { p1: 1 })).toBeUndefined();
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a web of references', { ...object({ a: { $ref: '#/$defs/a30' } }), $defs: web(30) }, { a: 'a' }],
    ['a reference to itself', { type: 'object', allOf: [{ $ref: '#' }] }, { a: 'a' }],
    [
      '16 000 objects that must differ',
      object({ a: { uniqueItems: true } }),
      { a: Array.from({ length: 16_000 }, (_, index) => ({ index })) },
    ],
  ])('cannot block the process: %s', async (_, schema, params) => {
    expect(await faultOf(schema)).toBeUndefined();
    const turns = countTurns();
    await said(schema, params);
    expect(turns()).toBeGreaterThan(10); // the event loop went on while the thread worked
    const startedAt = performance.now();
    const faults = await Promise.all(Array.from({ length: 40 }, () => said(schema, params)));
    for (const fault of faults) expect(fault).toEqual([['', 'cannot be validated in time by the tool’s input_schema']]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

/** How often the event loop has been round since. */
function countTurns(): () => number {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  return () => {
    clearInterval(timer);
    return turns;
  };
}

function many(count: number, schema: JsonObject = {}): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, schema]));
}

function nest(depth: number): JsonObject {
  return depth === 0 ? {} : { type: 'object', properties: { a: nest(depth - 1) } };
}

/** Each asks the one below twice: 2ⁿ tests in n lines. */
function web(depth: number): JsonObject {
  const names = Array.from({ length: depth }, (_, index) => [
    `a${index + 1}`,
    { allOf: [{ $ref: `#/$defs/a${index}` }, { $ref: `#/$defs/a${index}` }] },
  ]);
  return { a0: { type: 'string' }, ...(Object.fromEntries(names) as JsonObject) };
}
