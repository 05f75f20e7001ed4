import { createRegistry, openDatabase, openQueue } from '@proviso/core';
import { routes } from '../src/app.ts';
import { clientOf, openApi, proposal, recorded, useApi } from './open-api.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { in: string; name: string; required?: boolean; schema: object }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  security: object[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

describe('health', () => {
  const api = useApi();
  const fetchJson = async (
    url: string,
  ): Promise<{ status: number; body: Record<string, unknown>; retry: string | null }> => {
    const reply = await fetch(url);
    return {
      status: reply.status,
      body: (await reply.json()) as Record<string, unknown>,
      retry: reply.headers.get('retry-after'),
    };
  };

  it('is alive without asking anybody', async () => {
    const db = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', poolMax: 1 });
    const { url, close } = await openApi({ ...api.world, db });
    expect(await fetchJson(`${url}/livez`)).toMatchObject({ status: 200, body: { status: 'ok' } });
    await close();
    await db.close();
  });

  it('is ready with database and queue, and says what is paused', async () => {
    const here = await api.tenant();
    expect(await fetchJson(`${api.url}/readyz`)).toMatchObject({
      status: 200,
      body: { status: 'ok', database: true, queue: true, queue_backend: 'postgres', pauses: 0 },
    });
    await here.owner.post('/v1/pause');
    expect((await fetchJson(`${api.url}/readyz`)).body).toMatchObject({ status: 'ok', pauses: 1 });
    await here.owner.post('/v1/resume');
  });

  it('is degraded without the queue, and goes on accepting work', async () => {
    const here = await api.tenant();
    const { databaseUrl, log } = api.world;
    const queue = await openQueue({ redisUrl: 'redis://127.0.0.1:1', databaseUrl, log });
    const { url, close } = await openApi({ ...api.world, queue });
    expect(await fetchJson(`${url}/readyz`)).toMatchObject({
      status: 200,
      body: { status: 'degraded', database: true, queue: false },
    });
    const owner = clientOf(url, await here.token({}));
    const started = performance.now();
    const { status, body } = await owner.post('/v1/actions', proposal(here));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(status).toBe(200);
    expect((await recorded(api.world, body.action_id)).row.status).toBe('scheduled');
    for (const verb of ['execute', 'cancel'])
      expect((await owner.post(`/v1/actions/${body.action_id}/${verb}`)).status).toBe(200);
    await close();
    await queue.close();
  });

  it('is not ready without the database', async () => {
    const db = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', poolMax: 1 });
    const { url, close } = await openApi({ ...api.world, db });
    const { status, body, retry } = await fetchJson(`${url}/readyz`);
    expect([status, body.status, body.database]).toEqual([503, 'unavailable', false]);
    expect(Number(retry)).toBeGreaterThan(0);
    await close();
    await db.close();
  });
});

describe('GET /openapi.json', () => {
  const api = useApi();
  const read = async (): Promise<Document> => (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
  const operations = ({ paths }: Document): [string, string, Operation][] =>
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
      expect(Object.keys(operation.responses).sort()).toEqual([`${route?.status ?? 200}`, 'default']);
      expect(operation.requestBody === undefined).toBe(route?.body === undefined);
      expect(operation.summary).toMatch(/^\S/);
      expect(method === 'post').toBe(operation.parameters?.some(({ name }) => name === 'Idempotency-Key') ?? false);
    }
  });

  it('has no reference that leads nowhere', async () => {
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

  it('asks for the token', async () => {
    const { security, components } = await read();
    expect(security).toEqual([{ token: [] }]);
    expect(components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } });
  });

  it('knows the limits that the verbs hold', async () => {
    const { components, paths } = await read();
    expect(components.schemas.CreateAction).toMatchObject({
      additionalProperties: false,
      required: ['type', 'params', 'identity_id'],
    });
    expect(components.schemas.CreateAction).toMatchObject({
      properties: { description: { maxLength: 2000 }, list_id: { maxLength: 255 } },
    });
    const limit = paths['/v1/actions']?.get?.parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100, description: '20 unless given.' });
  });

  it('needs no token and no database', async () => {
    const db = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', poolMax: 1 });
    const { url, close } = await openApi({ ...api.world, db, executors: createRegistry({ executors: [] }) });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    await close();
    await db.close();
  });
});

describe('GET /docs', () => {
  const api = useApi();

  it('is served whole by this process: no address of another', async () => {
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
