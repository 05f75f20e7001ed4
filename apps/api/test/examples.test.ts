import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { newId, showId } from '@proviso/core';
import { routes } from '../src/app.ts';
import type { Route } from '../src/route.ts';
import { addressOf, furnish, type Furnished } from './furnished.ts';
import { pending, uuidOf, useApi, type Client, type Method, type Reply } from './open-api.ts';

interface Operation {
  requestBody?: { content: Record<string, { examples?: Record<string, { value: object }> }> };
  responses: Record<string, unknown>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** Every operation as the document describes it: its examples are sent, and its replies are read by it. */
describe('each operation of the document', () => {
  const api = useApi();
  let document: Document;
  let ajv: Ajv2020;
  beforeAll(async () => {
    document = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
    ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
    ajv.addSchema(document, 'document');
  });

  /** A workspace whose pending action is an e-mail, as in the examples. */
  async function office(): Promise<Furnished> {
    const here = await furnish(api);
    const identity_id = await here.identity('smtp', { host: '127.0.0.1', port: 25, from: 'us@example.com' });
    const params = { email: 'ada@example.com', subject: 'Hello', message: 'Hello' };
    const { action_id } = await pending(here.owner, here, { type: 'email_message', identity_id, params });
    const mission_id = newId();
    const batched = { type: 'email_message', identity_id, params, mission_id };
    const [first, second] = [await pending(here.owner, here, batched), await pending(here.owner, here, batched)];
    const inRun = { contact_id: here.ids.contact_id, subject: 'Hello', message: 'Hello' };
    const { run_id } = here.ids;
    await pending(here.owner, here, { type: 'email_message', identity_id, params: inRun, run_id });
    const ids = {
      ...here.ids,
      action_id,
      action_index: '1',
      identity_id: showId('identity', identity_id),
      pa_id: uuidOf(first.action_id),
      other_pa_id: uuidOf(second.action_id),
      batch_id: first.batch_id ?? '',
    };
    return { ...here, ids };
  }

  const operationOf = ({ method, path }: Route): Operation => {
    const operation = document.paths[path]?.[method];
    if (!operation) throw new Error(`${method} ${path} is not in the document`);
    return operation;
  };

  function examplesOf(route: Route): object[] {
    const { examples = {} } = operationOf(route).requestBody?.content['application/json'] ?? {};
    return Object.values(examples).map(({ value }) => value);
  }

  const NAMES: Record<string, string> = { act: 'action_id', ct: 'contact_id', id: 'identity_id', agt: 'agent_id' };

  /** The example with ids of this workspace in place of those that it shows. */
  const here = (example: object, { id, ids }: Furnished): string =>
    JSON.stringify(example)
      .replaceAll(/\b([a-z]+)_01h455vb4pex5vsknk084sn02q/g, (shown, kind: string) => ids[NAMES[kind] ?? ''] ?? shown)
      .replaceAll('pvi_2xkq8W3n_…', ids.secret ?? '')
      .replaceAll('550e8400-e29b-41d4-a716-446655440000', id)
      .replaceAll('fb93a0ea-2d1c-4f3d-8b3a-7e31d5f4bc11', ids.pa_id ?? '')
      .replaceAll('0c5a9c9e-5f0f-4a5e-9d1e-6c8f3d2b1a00', ids.other_pa_id ?? '');

  function expectDescribed(route: Route, { status, body, text }: Reply): void {
    const pointer = `document#/paths/${route.path.replaceAll('~', '~0').replaceAll('/', '~1')}/${route.method}/responses/${status}/content/application~1json/schema`;
    const valid = ajv.validate({ $ref: encodeURI(pointer) }, body);
    expect([status, text, valid ? [] : ajv.errors]).toEqual([status, text, []]);
  }

  const query = ({ query: taken }: Route, { id }: Furnished): string =>
    taken && 'workspace_id' in taken.shape ? `?workspace_id=${id}` : '';

  it.each(routes.filter(({ streams }) => !streams).map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s answers its examples, and errors, as it says',
    async (_, route) => {
      const bodies = route.body && examplesOf(route).length > 0 ? examplesOf(route) : [undefined];
      for (const body of bodies) {
        const tenant = await office();
        const send = (by: Client): Promise<Reply> =>
          by.raw(route.method as Method, addressOf(route, tenant) + query(route, tenant), body && here(body, tenant));
        expectDescribed(route, await send(api.with('pv_nobody')));
        const done = await send(route.handleOutsider ? api.with() : tenant.owner);
        expect([done.status, done.text]).toEqual([route.status ?? 200, done.text]);
        expectDescribed(route, done);
      }
    },
  );
});
