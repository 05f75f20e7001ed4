import { PROVIDERS } from '@proviso/contracts';
import { createRegistry } from '@proviso/core';
import { builtIns } from '@proviso/executors';
import { routes } from '../src/app.ts';
import { dialectAt } from '../src/dialect.ts';
import { NOWHERE, useApi } from './test-api.ts';

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: { in: string; name: string; required?: boolean; description?: string; schema: object }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content: Record<string, { schema: object; examples?: object }> }>;
}
interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema | false;
  additionalProperties?: Schema | boolean;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  security: object[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

describe('GET /openapi.json', () => {
  const api = useApi();
  const read = async (): Promise<Document> => (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
  const operations = ({ paths }: Pick<Document, 'paths'>): [string, string, Operation][] =>
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
    );

  it('describes every route, and nothing else', async () => {
    const document = await read();
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({ title: 'Proviso', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    const described = operations(document).map(([method, path, { operationId }]) => `${method} ${path} ${operationId}`);
    expect(described.sort()).toEqual(
      routes.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`).sort(),
    );
  });

  it('gives every operation its own name, its parameters, a reply and the error', async () => {
    const document = await read();
    const all = operations(document);
    expect(new Set(all.map(([, , { operationId }]) => operationId)).size).toBe(all.length);
    for (const [method, path, operation] of all) {
      const route = routes.find((one) => one.operationId === operation.operationId);
      const inPath = operation.parameters?.filter((parameter) => parameter.in === 'path') ?? [];
      expect(inPath.map(({ name, required }) => [name, required])).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true]),
      );
      const { [`${route?.status ?? 200}`]: done, ...failures } = operation.responses;
      expect(done).toBeDefined();
      const invalid = dialectAt(path) === 'v1' ? '400' : '422';
      expect(Object.keys(failures)).toEqual(expect.arrayContaining([invalid, '401', '429', '500', '503']));
      expect('413' in failures).toBe(operation.requestBody !== undefined);
      const isRepeatable = method === 'post' && !route?.handleOutsider;
      expect('422' in failures).toBe(isRepeatable || invalid === '422');
      expect(operation.requestBody === undefined).toBe(route?.body === undefined);
      expect(operation.summary).toMatch(/^\S/);
      expect(isRepeatable).toBe(operation.parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false);
    }
  });

  it('shows a reply of every operation but streams, and an error for each of its codes', async () => {
    for (const [, , { operationId, responses }] of operations(await read())) {
      for (const [status, { content }] of Object.entries(responses)) {
        const { schema: _, examples = {} } = content['application/json'] ?? { schema: {} };
        const isStream = 'text/event-stream' in content || 'application/x-ndjson' in content;
        const shown = [operationId, status, Object.keys(examples).length > 0];
        expect(shown).toEqual([operationId, status, !isStream]);
      }
    }
  });

  it.each(routes.filter(({ body }) => body).map((route) => [route.operationId, route] as const))(
    'shows a body that %s accepts',
    (_, { body }) => {
      const { examples = [] } = (body?.meta() ?? {}) as { examples?: unknown[] };
      expect(examples.length > 0 || body?.safeParse({}).success).toBe(true);
      for (const example of examples) expect(body?.parse(example)).toBeDefined();
    },
  );

  it('describes every operation, parameter, schema and property', async () => {
    const { paths, components } = await read();
    const silent: string[] = [];
    const look = (schema: Schema, at: string): void => {
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        if (!property.description?.trim()) silent.push(`${at}.${name}`);
        look(property, `${at}.${name}`);
      }
      const { oneOf = [], anyOf = [], allOf = [], items, additionalProperties } = schema;
      for (const inner of [...oneOf, ...anyOf, ...allOf, items, additionalProperties]) {
        if (typeof inner === 'object') look(inner, at);
      }
    };
    const ours = Object.entries(components.schemas).filter(([name]) => !name.startsWith('Probe')); // the test's own types
    for (const [name, schema] of ours) {
      if (!(schema as Schema).description?.trim()) silent.push(name);
      look(schema, name);
    }
    for (const [method, path, { description, parameters = [], requestBody, responses }] of operations({ paths })) {
      if (!description?.trim()) silent.push(`${method} ${path}`);
      for (const { in: where, name, schema, ...parameter } of parameters) {
        const told = parameter.description ?? (schema as Schema).description;
        if (!told?.trim()) silent.push(`${method} ${path} ${where} ${name}`);
      }
      for (const { content = {} } of [...Object.values(responses), requestBody ?? {}]) {
        for (const { schema } of Object.values(content)) look(schema, `${method} ${path}`);
      }
    }
    expect(silent).toEqual([]);
  });

  it('has one schema for each built-in type and each provider, and one for the tools of workspaces', async () => {
    const { components } = await read();
    const types = builtIns().executors.map(({ type }) => type);
    const mappingOf = (name: string) =>
      (components.schemas[name] as { discriminator: { mapping: Record<string, string> } }).discriminator.mapping;
    for (const name of ['BuiltInProposal', 'BuiltInCall']) {
      expect(Object.keys(mappingOf(name))).toEqual(expect.arrayContaining(types));
    }
    expect(Object.keys(mappingOf('CreateIdentity'))).toEqual([...PROVIDERS]);
    expect(components.schemas.CreateAction).toMatchObject({
      oneOf: [{ $ref: '#/components/schemas/BuiltInProposal' }, { $ref: '#/components/schemas/WorkspaceToolProposal' }],
    });
    expect(components.schemas.WorkspaceToolName).toMatchObject({
      allOf: [{ not: { enum: expect.arrayContaining(types) } }, {}],
    });
  });

  it('requires no param that is looked up or set by a reviewer', async () => {
    const { components } = await read();
    const fieldsOf = (name: string) => Object.keys((components.schemas[name] as Schema).properties ?? {});
    expect(fieldsOf('SendSlackMessageParams')).toEqual(['channel', 'message']);
    expect(fieldsOf('EscalateToHumanParams')).not.toContain('answer');
    expect(fieldsOf('EscalateToHumanEdits')).toContain('answer');
  });

  it('has no dangling reference', async () => {
    const document = await read();
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
  });

  it('asks for the token, or a session', async () => {
    const { security, components } = await read();
    expect(security).toEqual([{ token: [] }, { session: [] }]);
    expect(components.securitySchemes).toMatchObject({
      token: { type: 'http', scheme: 'bearer' },
      session: { type: 'apiKey', in: 'cookie' },
    });
  });

  it('states the limits that the verbs enforce', async () => {
    const { components, paths } = await read();
    expect(components.schemas.EmailMessageProposal).toMatchObject({
      additionalProperties: false,
      required: ['type', 'params', 'identity_id'],
    });
    expect(components.schemas.EmailMessageProposal).toMatchObject({
      properties: { description: { maxLength: 2000 }, list_id: { maxLength: 255 } },
    });
    const limit = paths['/v1/actions']?.get?.parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 100,
      description: 'The size of a page; 20 by default.',
    });
  });

  it('needs no token and no database', async () => {
    const executors = createRegistry({ executors: [] });
    const url = await api.another({ db: api.database({ url: NOWHERE }), executors });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
  });
});

describe('GET /docs', () => {
  const api = useApi();

  it('is served entirely by this process, without another host', async () => {
    const page = await fetch(`${api.url}/docs`);
    expect(page.url).toBe(`${api.url}/docs/`);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await page.text();
    expect(html).not.toMatch(/(?:src|href)\s*=\s*["']?\s*(?:https?:)?\/\//i);
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part = '']) => new URL(part, page.url));
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      expect(part.origin).toBe(api.url);
      expect([part.pathname, (await fetch(part)).status]).toEqual([part.pathname, 200]);
    }
  });

  it('reads the document of this very instance, under a policy that loads nothing from elsewhere', async () => {
    const script = await (await fetch(`${api.url}/docs/swagger-initializer.js`)).text();
    expect(script).toContain("'/openapi.json'");
    expect(script).not.toMatch(/https?:\/\//);
    const policy = (await fetch(`${api.url}/docs/`)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });
});
