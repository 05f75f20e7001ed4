import { readFileSync } from 'node:fs';
import {
  clientOf,
  openWorld,
  startApi,
  startWorker,
  until,
  type Running,
  type TestWorkspace,
  type World,
} from '@proviso/testing';

const CALLERS = 500;
const SECONDS = 6;
/** What the api may grow by while it is asked for far more than it can do. */
const GROWTH_BYTES_MAX = 250 * 1024 * 1024;

describe('more than the service can do', () => {
  let world: World;
  let workspace: TestWorkspace;
  const running: Running[] = [];
  beforeAll(async () => {
    world = await openWorld();
    workspace = await world.workspace();
  });
  afterAll(async () => {
    await Promise.all(running.map((process) => process.kill()));
    await world.close();
  });

  const residentBytes = ({ pid }: Running): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

  const started = async <T extends Running>(starting: Promise<T>): Promise<T> => {
    const process = await starting;
    running.push(process);
    return process;
  };

  it('is refused with Retry-After, takes no more memory, and keeps nothing from being done that was accepted', async () => {
    const fleet = { databaseUrl: world.databaseUrl, env: { PROVISO_POOL_MAX: '2' } };
    const api = await started(startApi(fleet));
    const data = { id: crypto.randomUUID(), workspace_id: workspace.id, email: 'a@example.com' };
    await world.db.tables.contacts.create({ data });
    const owner = clientOf(api.url, await workspace.token({}));
    const params = { content: 'a note', contact_id: data.id };
    const body = { type: 'create_note', identity_id: workspace.identityId, params };
    expect((await owner('POST', '/v1/actions', body)).status).toBe(200);
    const before = residentBytes(api);
    const endsAt = performance.now() + SECONDS * 1_000;
    const counts = new Map<number, number>();
    const bare: number[] = [];
    let slowestMs = 0;
    const caller = async (): Promise<void> => {
      while (performance.now() < endsAt) {
        const sentAt = performance.now();
        const { status, headers } = await owner('POST', '/v1/actions', body);
        slowestMs = Math.max(slowestMs, performance.now() - sentAt);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        if (status !== 200 && !headers.get('retry-after')) bare.push(status);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    expect([...counts.keys()].filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
    expect(bare).toEqual([]);
    expect(counts.get(503)).toBeGreaterThan(0);
    expect(counts.get(200)).toBeGreaterThan(10);
    expect(slowestMs).toBeLessThan(20_000);
    expect(residentBytes(api) - before).toBeLessThan(GROWTH_BYTES_MAX);
    expect((await owner('POST', '/v1/actions', body)).status).toBe(200); // it is over as soon as it is over
    const accepted = (counts.get(200) ?? 0) + 2;
    await started(startWorker(fleet));
    const where = { workspace_id: workspace.id };
    expect(await world.db.tables.actions.count({ where })).toBe(accepted);
    const open = () => world.db.tables.actions.count({ where: { ...where, status: { not: 'completed' } } });
    await until('all that was accepted to be done', async () => (await open()) === 0, 60_000);
  }, 120_000);
});
