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

  const executor = (more: string) =>
    `{ type: 'x', version: 1, delivery: 'at_most_once', identity: 'none', params: { safeParse() {} }, preview() {}, execute() {}, ${more} }`;

  const broken = (index: number): string => path.join(folder, `broken-${index}.mjs`);
  const FAULTS: [string, string, RegExp][] = [
    [
      'a syntax error',
      'export const executors = [',
      /^PROVISO_EXECUTORS: .* cannot be loaded: Unexpected end of input/,
    ],
    ['a throw', 'throw new Error("no\\nluck")', /cannot be loaded: no luck$/],
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
  ];

  /** What api and worker do with these modules before anything else: the fault of each, as JSON. */
  const REGISTER = `
    import { createRegistry } from '@proviso/core';
    import { builtIns, loadExecutors } from '@proviso/executors';
    const faults = [];
    for (const file of process.argv.slice(1))
      await loadExecutors(builtIns(), [file]).then(createRegistry).then(() => faults.push(null), ({ message }) => faults.push(message));
    console.log(JSON.stringify(faults));
  `;

  it(`is refused in one sentence for ${FAULTS.map(([fault]) => fault).join(', ')}`, async () => {
    const files = FAULTS.map((_, index) => broken(index));
    for (const [index, [, source]] of FAULTS.entries()) writeFileSync(broken(index), source);
    const registering = fleet.own(startProcess(['--input-type=module', '--eval', REGISTER, ...files], {}));
    expect([await registering.ended(), registering.output()]).toEqual([0, expect.stringMatching(/^\[.*\]\n$/)]);
    const faults = JSON.parse(registering.output()) as (string | null)[];
    for (const [index, [, , sentence]] of FAULTS.entries()) expect(faults[index]).toMatch(sentence);
  });

  it.each([
    [
      'no file',
      path.join(folder, 'none.mjs'),
      /^worker: PROVISO_EXECUTORS: .*none\.mjs cannot be loaded: Cannot find mod/,
    ],
    ['no package', 'no-such-package', /^worker: PROVISO_EXECUTORS: no-such-package cannot be loaded: Cannot find/],
  ])('ends the process with one sentence if there is %s', async (_name, modules, sentence) => {
    const env = { DATABASE_URL: fleet.world.databaseUrl, PROVISO_EXECUTORS: modules };
    const worker = fleet.own(startProcess(['apps/worker/dist/main.js'], env));
    expect(await worker.ended()).toBe(1);
    expect(worker.output().trim().split('\n')).toEqual([expect.stringMatching(sentence)]);
  });

  it('is the one that docs/executors.md shows', () => {
    const source = readFileSync(EXAMPLE, 'utf8');
    const code = source.slice(source.indexOf('import '));
    expect(readFileSync('docs/executors.md', 'utf8')).toContain('\n' + code + '```\n');
  });
});
