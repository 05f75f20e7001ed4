import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { routes } from '../src/app.ts';
import { RECORDED } from '../src/document/recorded.ts';
import type { Route } from '../src/route.ts';
import { addressOf, type SeededWorkspace } from './seeded-workspace.ts';
import { startFakeProviders, fillInIds, openExampleWorkspace } from './example-workspace.ts';
import { useApi, type Method, type Reply } from './test-api.ts';
import { refusals } from './provoke.ts';
import { errorsOf, record, settled, type Recorded } from './record.ts';

interface Operation {
  requestBody?: { content: Record<string, { examples?: Record<string, { value: object }> }> };
  responses: Record<string, unknown>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** Every operation as the document describes it: its examples are sent, and its replies are read by it. */
describe('each operation of the document', () => {
  const far = startFakeProviders();
  const api = useApi({ executorSettings: far.settings });
  beforeAll(() => far.start());
  afterAll(() => far.close());
  let document: Document;
  let ajv: Ajv2020;
  beforeAll(async () => {
    document = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
    ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
    ajv.addSchema(document, 'document');
  });

  const operationOf = ({ method, path }: Route): Operation => {
    const operation = document.paths[path]?.[method];
    if (!operation) throw new Error(`${method} ${path} is not in the document`);
    return operation;
  };

  function examplesOf(route: Route): object[] {
    const { examples = {} } = operationOf(route).requestBody?.content['application/json'] ?? {};
    return Object.values(examples).map(({ value }) => value);
  }

  function expectDescribed(route: Route, { status, body, text }: Reply): void {
    const pointer = `document#/paths/${route.path.replaceAll('~', '~0').replaceAll('/', '~1')}/${route.method}/responses/${status}/content/application~1json/schema`;
    const valid = ajv.validate({ $ref: encodeURI(pointer) }, body);
    expect([status, text, valid ? [] : ajv.errors]).toEqual([status, text, []]);
  }

  const query = ({ query: taken }: Route, { id }: SeededWorkspace): string =>
    taken && 'workspace_id' in taken.shape ? `?workspace_id=${id}` : '';

  /** As after a restore long ago: nothing that the other examples made is older. */
  const holdDispatch = () =>
    api.world.db.pool.query(
      `update database_epoch set held_since = '2000-01-01Z', held_reason = 'behind', lost_until = now()`,
    );

  const isRecording = process.env.PROVISO_RECORD_EXAMPLES === '1';
  const recorded: Recorded = {};

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s replies to its examples and errors as documented',
    async (_, route) => {
      const bodies = route.body && examplesOf(route).length > 0 ? examplesOf(route) : [undefined];
      for (const body of bodies) {
        const office = await openExampleWorkspace(api);
        const { type, toolName } = { ...(body as { type?: string; toolName?: string } | undefined) };
        const served = route.operationId === 'createGateway' ? 'mcp_tool_call' : undefined;
        const identity_id =
          route.operationId === 'reviewGatewayTools'
            ? office.ids.mcp_identity_id
            : await far.identityFor(office, type ?? toolName ?? served ?? '');
        const here = { ...office, ids: { ...office.ids, ...(identity_id && { identity_id }) } };
        const address = addressOf(route, here) + query(route, here);
        if (route.operationId === 'readDispatch') await holdDispatch();
        const done = await (route.handleOutsider ? api.with() : here.owner).raw(
          route.method as Method,
          address,
          body && fillInIds(body, here),
        );
        expect([done.status, done.text]).toEqual([route.status ?? 200, done.text]);
        if (!route.streams) expectDescribed(route, done);
        if (body !== bodies[0]) continue;
        if (route.operationId === 'readDispatch')
          await here.owner.post('/v1/dispatch/resume', { epoch: done.body.hold.epoch, run: 'all' });
        const refused = await refusals({ api, route, here, query: query(route, here), body });
        if (!isRecording) for (const reply of refused) expectDescribed(route, reply);
        recorded[route.operationId] = {
          ...(!route.streams && { reply: settled(done.body) }),
          errors: errorsOf(refused),
        };
      }
    },
    30_000,
  );

  it('are recorded in the document as they were answered', async () => {
    if (isRecording) await record(recorded);
    else expect(Object.fromEntries(Object.keys(recorded).map((name) => [name, RECORDED[name]]))).toEqual(recorded);
  });
});
