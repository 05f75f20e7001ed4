import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Action } from '@proviso/contracts';
import { startProcess, until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { httpFault, startHttpFake, type HttpFake } from '@proviso/testing/providers/http-fake';

const EXAMPLE = './examples/executors/post-status.js';
const CHECKOUT = process.cwd();

type Logged = Action & { logs: { event: string }[] };

/** The status page of the example: it knows each key, and answers a repetition with the first post. */
async function startStatusPage(): Promise<HttpFake & { posts: Map<string, string> }> {
  const posts = new Map<string, string>();
  const http = await startHttpFake({
    handle: ({ headers, body }) => {
      const key = String(headers['idempotency-key']);
      if (!posts.has(key)) posts.set(key, (JSON.parse(body) as { text: string }).text);
      return { status: 201, body: { id: `post-${[...posts.keys()].indexOf(key) + 1}` } };
    },
    tooMany: { status: 429 },
  });
  return { ...http, posts };
}

describe('an operator’s own type', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'proviso-executors-'));
  const fleet = useFleet();
  let page: Awaited<ReturnType<typeof startStatusPage>>;
  beforeAll(async () => {
    page = await startStatusPage();
    mkdirSync(path.join(folder, 'node_modules'));
    for (const name of ['@proviso', 'zod'])
      symlinkSync(path.join(CHECKOUT, 'node_modules', name), path.join(folder, 'node_modules', name));
    cpSync(EXAMPLE, path.join(folder, 'post-status.js'));
  });
  afterAll(async () => {
    await page.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a path from the checkout', EXAMPLE],
    ['a path outside of it', path.join(folder, 'post-status.js')],
  ])('from %s is proposed, reviewed, edited and run once by real processes', async (_name, module) => {
    const env = { PROVISO_EXECUTORS: ` ${module}, `, STATUS_URL: page.url };
    const [api] = [await fleet.startApi({ env }), await fleet.startWorker({ env })];
    const agent = await fleet.client(api, { agent: 'Scout' });
    const owner = await fleet.client(api);
    const body = { type: 'post_status', identity_id: fleet.workspace.identityId };

    const bad = await agent('POST', '/v1/actions', { ...body, params: { text: '' } });
    expect(bad).toMatchObject({ status: 400, body: { details: [{ path: 'params.text' }] } });
    const before = page.posts.size;
    const { action } = (await agent<{ action: Action }>('POST', '/v1/actions', { ...body, params: { text: 'Up' } }))
      .body;
    expect(action).toMatchObject({ status: 'pending_approval', preview: { title: 'Post a status' } });

    page.next('/posts', httpFault.takesThenCuts()); // the answer gets lost: the key makes the second attempt safe
    const address = `/v1/actions/${action.action_id}`;
    await owner('POST', `${address}/approve`, { action: 'edit', edits: { text: 'All is up' } });
    const read = async () => (await owner<{ action: Logged }>('GET', address)).body.action;
    const ended = await until('the action to end', async () => {
      const found = await read();
      return ['completed', 'failed'].includes(found.status) ? found : undefined;
    });
    expect(ended).toMatchObject({ status: 'completed', result: { id: `post-${before + 1}` }, attempts: 2 });
    expect(ended.logs.map(({ event }) => event)).toContain('action.retried');
    expect([...page.posts.values()].slice(before)).toEqual(['All is up']);
  });

  /** The message of a worker that refuses to start. */
  async function fault(modules: string): Promise<string> {
    const env = { DATABASE_URL: fleet.world.databaseUrl, PROVISO_EXECUTORS: modules };
    const worker = fleet.own(startProcess(['apps/worker/dist/main.js'], env));
    return until('the worker to end', () => /^worker: .*\n/m.exec(worker.output())?.[0].trim());
  }

  const executor = (more: string) =>
    `{ type: 'x', version: 1, delivery: 'at_most_once', identity: 'none', params: { safeParse() {} }, preview() {}, execute() {}, ${more} }`;

  it.each([
    ['no file', undefined, /broken\.mjs cannot be loaded: Cannot find module/],
    ['a syntax error', 'export const executors = [', /broken\.mjs cannot be loaded: Unexpected end of input/],
    ['a throw', 'throw new Error("no\\nluck")', /broken\.mjs cannot be loaded: no luck$/],
    ['no executors', 'export const other = []', /is invalid: executors: must export a list/],
    ['an empty list', 'export default []', /is invalid: executors: must export a list/],
    ['a wrong delivery', `export default [${executor("delivery: 'once'")}]`, /is invalid: executors\.0\.delivery: /],
    ['a slip in a name', `export default [${executor('reconsile() {}')}]`, /is invalid: executors\.0: .*reconsile/],
    ['no key lifetime', `export default [${executor("delivery: 'idempotent'")}]`, /executors\.0\.keyLifetimeMs: /],
    ['a built-in’s type', `export default [${executor("type: 'create_note'")}]`, /Two executors .* create_note\.$/],
    [
      'a built-in’s provider',
      `export const providers = [{ provider: 'smtp', config: { safeParse() {} }, credentials: null, verify() {} }]; export default [${executor('')}]`,
      /Two definitions .* smtp\.$/,
    ],
  ])('ends the process with one sentence for %s', async (_name, source, sentence) => {
    const file = path.join(folder, 'broken.mjs');
    rmSync(file, { force: true });
    if (source !== undefined) writeFileSync(file, source);
    expect(await fault(file)).toMatch(sentence);
  });

  it('is reported by name if its package is not installed', async () => {
    expect(await fault('no-such-package')).toMatch(/PROVISO_EXECUTORS: no-such-package cannot be loaded: Cannot find/);
  });

  it('is the one that docs/executors.md shows', () => {
    const source = readFileSync(EXAMPLE, 'utf8');
    const code = source.slice(source.indexOf('import '));
    expect(readFileSync('docs/executors.md', 'utf8')).toContain('\n' + code + '```\n');
  });
});
