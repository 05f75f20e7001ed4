import { errorBody, pendingErrorBody } from '@proviso/contracts';
import fc from 'fast-check';
import { z } from 'zod';
import { routes } from '../src/app.ts';
import { dialectAt } from '../src/dialect.ts';
import type { Route } from '../src/route.ts';
import { holdings, uuidOf, useTenant } from './test-api.ts';

const RUNS = Number(process.env.PROVISO_FUZZ_RUNS ?? 10_000);
const writes = routes.filter(({ method }) => method !== 'get');
const reads = routes.filter(({ method }) => method === 'get');

/** The fields that a schema names, so that nonsense reaches the verbs and not only the door. */
const fieldsOf = (schema: z.ZodType | undefined): string[] => {
  const { properties = {} } = schema ? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) : {};
  return Object.keys(properties);
};

const odd = fc.constantFrom<unknown>(
  '',
  ' ',
  '\u0000',
  '\ud800',
  '9'.repeat(400),
  -1,
  1e308,
  2 ** 53,
  '2100-13-45T99:99:99Z',
  '__proto__',
  "'; drop table actions; --",
  null,
  [],
  {},
  true,
);
const value = fc.oneof(odd, fc.jsonValue({ maxDepth: 5 }), fc.string({ unit: 'binary', maxLength: 40 }));
const object = (fields: string[]) =>
  fc.dictionary(
    fields.length > 0 ? fc.oneof(fc.constantFrom(...fields), fc.string({ maxLength: 8 })) : fc.string(),
    value,
    {
      maxKeys: 8,
    },
  );

/** No JSON object, whatever else it is. */
const noObject = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }).map((text) => Buffer.from(`{${text}`)),
    fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))),
  )
  .filter((bytes) => !/^\s*(\{[^]*\}\s*)?$/.test(bytes.toString()));

/** An object of the route's fields that holds one too many. */
const badBody = (route: Route) =>
  fc.oneof(
    noObject,
    object(fieldsOf(route.body)).map((fields) => Buffer.from(JSON.stringify({ ...fields, no_such_field: 1 }))),
  );

const headers = fc.record(
  {
    'Content-Type': fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-16', 'x'),
    'Idempotency-Key': fc.string({ minLength: 1, maxLength: 300 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '~')),
    'If-Match': fc.constantFrom('*', '"v1"', 'W/"v1"', '"v99999999999"', 'x'),
    Prefer: fc.constantFrom('wait=0', 'wait=x', 'wait=-1', 'respond-async'),
    'X-Request-Id': fc.constantFrom('a', ' ', 'x'.repeat(500)),
  },
  { requiredKeys: ['Content-Type'] },
);

/** Not String(): an object with a `toString` of its own has none that can be called. */
const textOf = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given));

const bodyOf = ({ path }: Route): z.ZodType => (dialectAt(path) === 'v1' ? errorBody : pendingErrorBody);

/** What goes out beside the address. */
interface Sent {
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

describe(`${RUNS} bad requests over all routes`, () => {
  const { api, here } = useTenant();

  it('never get a 5xx, always get the error body, and never change a row', async () => {
    const { action_id } = await here.pending();
    const { body } = await here.owner.post('/v1/contacts', { email: 'ann@example.com' });
    const ids = [action_id, uuidOf(action_id), body.contact.contact_id, here.identityId];
    const id = fc.oneof(fc.constantFrom(...ids), fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }));
    const Authorization = `Bearer ${await here.token({})}`;

    const send = async (route: Route, name: string, query: object, init: Sent) => {
      const named = encodeURIComponent(name.toWellFormed()).replaceAll('.', '%2E');
      const texts = Object.entries(query).map(([field, given]): [string, string] => [field, textOf(given)]);
      const search = new URLSearchParams(texts).toString();
      const address = route.path.replaceAll(/\{\w+\}/g, named) + (search && `?${search}`);
      const sent = { method: route.method.toUpperCase(), ...init };
      const reply = await fetch(`${api.url}${address}`, { ...sent, headers: { Authorization, ...init.headers } });
      if (!route.streams || reply.status !== 200) return { status: reply.status, text: await reply.text(), address };
      await reply.body?.cancel(); // it has no end of its own
      return { status: reply.status, text: '', address };
    };
    const badWrite = fc
      .constantFrom(...writes)
      .chain((route) => fc.tuple(fc.constant(route), id, badBody(route), headers));
    const read = fc
      .constantFrom(...reads)
      .chain((route) => fc.tuple(fc.constant(route), id, object(fieldsOf(route.query)), headers));

    /** A good export is among the reads: it records that it was made. */
    const held = async () =>
      ((await holdings(api.world, here)) as { kind: string }[]).filter(({ kind }) => kind !== 'workspace_exports');
    const before = await held();
    await fc.assert(
      fc.asyncProperty(badWrite, async ([route, name, bytes, sent]) => {
        const reply = await send(route, name, {}, { body: new Uint8Array(bytes), headers: sent });
        if (reply.status < 400 || reply.status >= 500)
          throw new Error(`${reply.address}: ${reply.status} ${reply.text}`);
        bodyOf(route).parse(JSON.parse(reply.text));
      }),
      { numRuns: Math.ceil(RUNS * 0.75) },
    );
    await fc.assert(
      fc.asyncProperty(read, async ([route, name, query, { 'Content-Type': _, ...sent }]) => {
        const reply = await send(route, name, query, { headers: sent });
        if (reply.status >= 500) throw new Error(`${reply.address}: ${reply.status} ${reply.text}`);
        if (reply.status >= 400) bodyOf(route).parse(JSON.parse(reply.text));
      }),
      { numRuns: Math.floor(RUNS * 0.25) },
    );
    expect(await held()).toEqual(before);
  }, 600_000);
});
