// The worst inputs that we know, for every route. A new kind of attack is one more entry here.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Route } from '../src/route.ts';

export interface WorstInput {
  name: string;
  body?: Buffer;
  headers?: Record<string, string>;
  query?: string;
}

const MIB = 1024 * 1024;
const json = (text: string): Pick<WorstInput, 'body'> => ({ body: Buffer.from(text) });
const list = (item: string, bytes: number): string =>
  `{"actions":[${`${item},`.repeat(Math.floor(bytes / (item.length + 1)))}${item}]}`;
const keys = (count: number, of: (index: number) => string): string =>
  `{${Array.from({ length: count }, (_, index) => of(index)).join(',')}}`;

const packed = (body: Buffer, encoding = 'gzip'): Pick<WorstInput, 'body' | 'headers'> => ({
  body,
  headers: { 'Content-Encoding': encoding },
});
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Bodies that mean nothing to any route. */
const BODIES: WorstInput[] = [
  { name: 'gzip of 16 MiB of zeros in a list', ...packed(gzipSync(list('0', 16 * MIB))) },
  { name: 'gzip of 1 MiB less a little of zeros in a list', ...packed(gzipSync(list('0', MIB - 100))) },
  { name: 'brotli of 64 MiB of blanks', ...packed(brotliCompressSync(Buffer.alloc(64 * MIB, ' '), quick), 'br') },
  { name: 'gzip in gzip', ...packed(gzipSync(gzipSync(list('0', MIB))), 'gzip, gzip') },
  { name: '16 MiB of zeros', body: Buffer.alloc(16 * MIB, '0') },
  { name: 'a number of 1 MiB', ...json(`{"a":${'9'.repeat(MIB - 10)}}`) },
  { name: 'a number that vanishes, of 1 MiB', ...json(`{"a":0.${'0'.repeat(MIB - 12)}1}`) },
  { name: 'a list of 20 000 numbers', ...json(list('1.2345678901234567e-300', 19_900 * 24)) },
  { name: 'a list of 19 000 lists', ...json(list('[]', 9_990 * 3)) },
  {
    name: 'a list of 9 900 objects with other keys',
    ...json(`{"a":[${Array.from({ length: 9_900 }, (_, at) => `{"k${at}":0}`).join()}]}`),
  },
  { name: '9 900 unknown keys', ...json(keys(9_900, (index) => `"${'k'.repeat(80)}${index}":0`)) },
  { name: '9 900 keys in another spelling', ...json(keys(9_900, (index) => `"workspace_id_${index}":0`)) },
  { name: '100 000 keys', ...json(keys(90_000, (index) => `"${index}":0`)) },
  { name: 'one key 9 000 times', ...json(keys(9_000, () => '"a":0')) },
  { name: 'nesting of 100 000', ...json('['.repeat(100_000)) },
  { name: 'nesting of 500 000, closed', ...json(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) },
  { name: 'an open string of 1 MiB', ...json(`{"a":"${'\\\\'.repeat(MIB / 2 - 10)}`) },
  { name: '1 MiB of escapes', ...json(`{"a":"${'\\u00e9'.repeat(MIB / 6 - 10)}"}`) },
  { name: '1 MiB of é', ...json(`{"a":"${'é'.repeat(MIB / 2 - 10)}"}`) },
  { name: '1 MiB of blanks', body: Buffer.alloc(MIB, ' ') },
  { name: 'lists of one value, with hash', ...json(list('0', 19_900 * 2)), headers: { 'Idempotency-Key': 'k' } },
];

const OBJECT = keys(9_000, (index) => `"${index}":{}`);

/** Values for any field, each in every field of the route's body at once. */
export const VALUES: [string, (bytes: number) => string][] = [
  ['a long text', (bytes) => JSON.stringify('x'.repeat(bytes))],
  ['an address without end', (bytes) => JSON.stringify('a@'.repeat(bytes / 2))],
  ['an address of dots', (bytes) => JSON.stringify(`a@${'a.'.repeat(bytes / 2 - 1)}`)],
  ['an address of many hyphens', (bytes) => JSON.stringify(`${'-'.repeat(bytes)}@a`)],
  ['a URL of slashes', (bytes) => JSON.stringify(`https://${'a/'.repeat(bytes / 2)}`)],
  ['a host of dots', (bytes) => JSON.stringify(`https://${'a.'.repeat(bytes / 2)}`)],
  ['digits', (bytes) => JSON.stringify('1'.repeat(bytes))],
  ['a time of digits', (bytes) => JSON.stringify(`2030-01-02T09:00:00.${'0'.repeat(bytes)}`)],
  ['blanks', (bytes) => JSON.stringify(' '.repeat(bytes))],
  ['line ends', (bytes) => JSON.stringify('\n'.repeat(bytes / 2))],
  ['angle brackets', (bytes) => JSON.stringify('<a'.repeat(bytes / 2))],
  ['commas', (bytes) => JSON.stringify('a,'.repeat(bytes / 2))],
  [
    'a list of numbers',
    (bytes) =>
      `[${Array(Math.min(9_000, Math.floor(bytes / 2)))
        .fill(0)
        .join()}]`,
  ],
  [
    'a list of lists',
    (bytes) =>
      `[${Array(Math.min(4_000, Math.floor(bytes / 3)))
        .fill('[]')
        .join()}]`,
  ],
  ['a wide object', (bytes) => (bytes > OBJECT.length ? OBJECT : '{}')],
];

const fieldsOf = (schema: z.ZodType | undefined): string[] => {
  const { properties = {} } = schema ? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) : {};
  return Object.keys(properties);
};

/** Each value in one field after the other would be as many requests as fields: all at once, and one alone. */
function bodiesOf(route: Route): WorstInput[] {
  const fields = fieldsOf(route.body);
  if (fields.length === 0) return [];
  return VALUES.flatMap(([name, value]) => {
    const each = value(Math.floor((MIB - 2_000) / fields.length));
    return { name: `${name} in every field`, ...json(`{${fields.map((field) => `"${field}":${each}`).join()}}`) };
  });
}

const long = (piece: string): string => piece.repeat(Math.floor(12_000 / piece.length));
const QUERIES: WorstInput[] = [
  {
    name: '3 000 parameters',
    query: Array.from({ length: 3_000 }, (_, at) => `${at}=`)
      .join('&')
      .slice(0, 14_000),
  },
  { name: 'one parameter 4 000 times', query: long('a=&') },
  { name: 'brackets', query: `a${long('[a]')}=1` },
  { name: 'percents', query: `a=${long('%25')}` },
  {
    name: 'a long value in every parameter',
    query: ['status', 'type', 'cursor', 'workspace_id', 'limit', 'email']
      .map((name) => `${name}=${'1,'.repeat(1_000)}`)
      .join('&'),
  },
];

const HEADERS = (
  [
    ['Prefer', long('wait = ,')],
    ['Prefer', `wait${' '.repeat(12_000)}=`],
    ['If-Match', `"v${'1'.repeat(12_000)}`],
    ['Idempotency-Key', 'k'.repeat(12_000)],
    ['Last-Event-ID', '1'.repeat(12_000)],
    ['Content-Type', `application/json${' '.repeat(12_000)}x`],
    ['X-Workspace-Id', long('a-')],
    ['X-Request-Id', long('a:')],
  ] as const
).map(([name, value]): WorstInput => ({ name: `${name} of ${value.slice(0, 16)}…`, headers: { [name]: value } }));

/** By a caller who may do nothing, the bodies and what is read before them: the fields of a route are behind its door. */
export function worstInputsFor(route: Route, who: string): WorstInput[] {
  const heads = [...QUERIES, ...HEADERS];
  if (who === 'no scopes') return [...BODIES.slice(0, 5), ...heads];
  if (!route.body) return [...BODIES.slice(0, 5), ...heads];
  return [...BODIES, ...bodiesOf(route), ...heads];
}
