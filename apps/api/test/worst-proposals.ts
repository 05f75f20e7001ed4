// The worst that a route takes, or refuses only after it has looked at all of it.
import type { JsonObject } from '@proviso/contracts';
import type { Services } from '@proviso/core';
import { z } from 'zod';
import type { SeededWorkspace } from './seeded-workspace.ts';
import { SMTP } from './test-api.ts';
import { VALUES, type WorstInput } from './worst-inputs.ts';

const KIB = 1024;
const sent = (name: string, body: unknown): WorstInput => ({
  name,
  body: Buffer.from(JSON.stringify(body)),
  headers: { 'Idempotency-Key': `${name.slice(0, 200).replaceAll(/[^ -~]/g, '')} ${Math.random()}` },
});
const times = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));
const fill = (count: number, of: (index: number) => JsonObject): JsonObject =>
  Object.fromEntries(times(count, (index) => [`p${index}`, of(index)]));

/** Of a tool: what takes long to compile. */
const SCHEMAS: [string, JsonObject][] = [
  ['properties', { properties: fill(2_000, () => ({ type: 'string' })) }],
  ['alternatives', { properties: fill(300, () => ({ anyOf: [{ type: 'string' }, {}] })) }],
  ['references', { properties: fill(200, (index) => ({ $ref: `#/$defs/p${index}` })), $defs: fill(200, () => ({})) }],
  ['dynamic references', { properties: fill(200, () => ({ $dynamicRef: '#a' })), $dynamicAnchor: 'a' }],
  ['a reference to itself', { allOf: [{ $ref: '#' }] }],
  ['oneOf', { oneOf: times(900, () => ({ type: 'object' })) }],
  ['patterns', { properties: fill(900, (index) => ({ pattern: `^(a+)+${index}$` })) }],
  ['repeated patterns', { properties: fill(60, () => ({ pattern: '^((a{1,9}){1,9}){1,9}$' })) }],
  ['a pattern of 60 KB', { properties: { a: { pattern: `(${'a|'.repeat(30_000)}b)*` } } }],
  ['names by pattern', { patternProperties: Object.fromEntries(times(900, (index) => [`^(a+)+${index}$`, {}])) }],
  ['an enum', { properties: { a: { enum: times(9_000, (index) => index) } } }],
  ['an enum of objects', { properties: { a: { enum: times(900, (a) => ({ a })) } } }],
  ['required', { required: times(7_000, (index) => `r${index}`) }],
  ['formats', { properties: fill(900, () => ({ format: 'uri-template' })) }],
  ['unevaluated properties', { allOf: times(400, () => ({ properties: { a: {} } })), unevaluatedProperties: false }],
];

/** A tool whose schema takes long to run, and the input for which it does. */
const SLOW: [string, JsonObject, JsonObject][] = [
  ['a pattern without end', { properties: { a: { pattern: '^(a+)+$' } } }, { a: `${'a'.repeat(250 * KIB)}!` }],
  ['items that differ', { properties: { a: { uniqueItems: true } } }, { a: times(9_000, (a) => ({ a })) }],
  [
    'formats',
    { properties: { a: { format: 'email' }, b: { format: 'uri' } } },
    { a: 'a@'.repeat(60_000), b: `http://${'a.'.repeat(60_000)}` },
  ],
  [
    'names by pattern',
    { patternProperties: { '^(a+)+$': {} } },
    Object.fromEntries(times(2_000, (index) => [`${'a'.repeat(90)}${index}`, 0])),
  ],
];

/** Texts of a mail that take long to make readable on its preview. */
const UNREADABLE: [string, (index: number) => string][] = [
  ['joiners', () => '\u200B\u200C'],
  ['invisible characters between letters', () => 'a\u200B'],
  ['hosts in other letters', (index) => `https://а${index}.example/ `],
  ['addresses', (index) => `a@b${index}.example `],
  ['words of two alphabets', (index) => `Аb${index}x `],
  ['emoji', () => '😀\uFE0F'],
  ['blank lines', () => '\n \n'],
  ['links', (index) => `<a href="https://a${index}.example">b.example</a>`],
  ['paragraphs', () => '<p> </p>x'],
];

/** By operationId. */
export async function worstProposals(
  { executors }: Services,
  here: SeededWorkspace,
): Promise<Record<string, WorstInput[]>> {
  const smtp = await here.identity('smtp', SMTP);
  const identityOf = (type: string): string => (executors.get(type)?.identity === 'smtp' ? smtp : here.identityId);
  const tool = (name: string, schema: JsonObject) => ({
    name,
    url: 'https://tools.example.com',
    input_schema: { type: 'object', ...schema },
  });
  for (const [index, [, schema]] of SLOW.entries()) await here.owner.post('/v1/tools', tool(`slow.${index}`, schema));
  const patterns = times(40, (index) =>
    tool(`pattern.${index}`, { properties: { a: { pattern: `^(a+)+${'!'.repeat(index)}$` } } }),
  );
  for (const each of patterns) await here.owner.post('/v1/tools', each);
  const proposal = (type: string, params: JsonObject) => ({
    type,
    params,
    identity_id: identityOf(type),
    require_approval: true,
  });
  const call = (type: string, params: JsonObject) => ({
    workspaceId: here.id,
    toolName: type,
    toolInput: params,
    identityId: identityOf(type),
  });

  const params: [string, string, JsonObject][] = executors.types().flatMap((type) =>
    VALUES.map(([name, value]): [string, string, JsonObject] => {
      const { properties = {} } = z.toJSONSchema(executors.get(type)?.params ?? z.object(), {
        io: 'input',
        unrepresentable: 'any',
      });
      const fields = Object.keys(properties);
      const each = JSON.parse(value(Math.floor((250 * KIB) / Math.max(1, fields.length)))) as JsonObject;
      return [name, type, Object.fromEntries(fields.map((field) => [field, each]))];
    }),
  );
  const mails = (count: number, message: string) =>
    times(count, (at) => proposal('email_message', { email: `${at}@example.com`, subject: 's', message }));
  const slow = SLOW.map(([name, , input], index): [string, string, JsonObject] => [name, `slow.${index}`, input]);
  const unreadable = UNREADABLE.map(([name, piece]): [string, string, JsonObject] => {
    const text = times(30_000, piece)
      .join('')
      .slice(0, 40 * KIB);
    return [name, 'email_message', { email: 'a@example.com', subject: 's', message: text, html: text }];
  });
  const unknown = times(1_000, () => here.ids.pa_id ?? '');
  const edits = { say: 'x'.repeat(4_000) };
  return {
    createTool: SCHEMAS.map(([name, schema]) =>
      sent(`a schema of ${name}`, tool(`worst.${name.replaceAll(' ', '-')}`, schema)),
    ),
    createAction: [...params, ...slow, ...unreadable].map(([name, type, given]) =>
      sent(`${type}: ${name}`, proposal(type, given)),
    ),
    createPendingAction: [...params, ...slow, ...unreadable].map(([name, type, given]) =>
      sent(`${type}: ${name}`, call(type, given)),
    ),
    bulkCreateActions: [
      sent('1000 mails of 4 KB', { actions: mails(1_000, 'x'.repeat(3_900)) }),
      sent('16 mails of 250 KB', { actions: mails(16, '<b>x</b>\n'.repeat(27_000)) }),
      sent('1000 small notes', {
        actions: times(1_000, (at) =>
          proposal('create_note', { content: `${at}`, contact_id: here.ids.contact_id ?? '' }),
        ),
      }),
      sent('1000 items of nothing', { actions: times(1_000, () => ({})) }),
      sent('1000 items of 19 unknown keys', { actions: times(1_000, () => fill(19, () => ({}))) }),
      sent('19 900 objects with other keys', { actions: [times(19_900, (at) => ({ [`k${at}`]: 0 }))] }),
      sent('100 items of 190 unknown params', {
        actions: times(100, () =>
          proposal(
            'create_note',
            fill(290, () => ({})),
          ),
        ),
      }),
      sent('99 000 items', { actions: times(99_000, () => 0) }),
      sent('40 tools with a pattern without end', {
        actions: patterns.map(({ name }) => proposal(name, { a: `${'a'.repeat(90 * KIB)}?` })),
      }),
      sent('15 slow inputs', { actions: times(15, () => proposal('slow.1', slow[1]?.[2] ?? {})) }),
      sent('1000 unknown types', { actions: times(1_000, (at) => proposal(`none.${at}`, {})) }),
    ],
    bulkDecideActions: [
      sent('1000 ids with an edit', {
        action: 'edit',
        action_ids: times(1_000, (at) => `act_${at}`),
        edits: { say: 'x'.repeat(250 * KIB) },
      }),
      sent('9 900 hashes', {
        action: 'approve',
        action_ids: [here.ids.action_id],
        params_hashes: Object.fromEntries(times(9_900, (at) => [`act_${at}`, 'a'.repeat(64)])),
      }),
      sent('90 000 ids', { action: 'approve', action_ids: times(90_000, (at) => `act_${at}`) }),
    ],
    batchApprovePendingActions: [
      sent('one item 1000 times, with edits', {
        items: unknown.map((pendingActionId) => ({ pendingActionId, userEdits: edits })),
      }),
      sent('1000 items of no batch', {
        items: times(1_000, (at) => ({ pendingActionId: `act_${at}`, userEdits: edits })),
      }),
      sent('1000 items of 19 unknown keys', { items: times(1_000, () => fill(19, () => ({}))) }),
      sent('99 000 items', { items: times(99_000, () => 0) }),
    ],
  };
}
