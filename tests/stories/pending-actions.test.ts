import type { PendingAction } from '@proviso/contracts';
import { newId } from '@proviso/core';
import { backends, clientOf, startTcpProxy, until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import fc from 'fast-check';

const CALLS = 500;
const CALLERS = 10;
const KILLS = 20;
const SEED = 20_261_124;

describe('pending actions, although the api is killed,', () => {
  const fleet = useFleet();

  const call = (toolInput: object, more: object = {}) => ({
    workspaceId: fleet.workspace.id,
    toolName: 'create_task',
    toolInput,
    ...more,
  });

  describe.each(backends())('with the queue $name', ({ redisUrl }) => {
    it('run once approved, with no wake-up sent and no process restarted', async () => {
      // The api's queue accepts connections and never answers, so no wake-up leaves the process that committed.
      const silent = await startTcpProxy({ port: 1 });
      silent.swallow('all');
      const api = await fleet.startApi({ redisUrl: `redis://127.0.0.1:${silent.port}` });
      await fleet.startWorker({ redisUrl });
      const owner = await fleet.client(api);
      const made = await owner<PendingAction>('POST', '/api/pending-actions', call({ title: 'Call Ada' }));
      const approved = await owner<PendingAction>('POST', `/api/pending-actions/${made.body.id}/approve`, {});
      await api.kill();
      expect([approved.status, approved.body.status]).toEqual([200, 'approved']);
      await until('the worker to execute it', async () => (await rowOf(made.body.id)).status === 'completed', 20_000);
      expect(await fleet.db.tables.tasks.count({ where: { workspace_id: fleet.workspace.id } })).toBe(1);
      await silent.close();
    }, 60_000);
  });

  const rowOf = (id: string) => fleet.db.tables.actions.findUniqueOrThrow({ where: { id } });

  it(`are recorded once for each of ${CALLS} calls, with ${KILLS} kills at random while they arrive`, async () => {
    const token = await fleet.workspace.token({ agent: 'bot' });
    let api = await fleet.startApi();
    const some = fc.uniqueArray(fc.integer({ min: 1, max: CALLS - 1 }), { minLength: KILLS, maxLength: KILLS });
    const [kills = []] = fc.sample(some, { seed: SEED, numRuns: 1 });
    const keys = Array.from({ length: CALLS }, () => newId());
    const answers = new Map<string, string>();
    let cut = 0;
    let replayed = 0;

    const send = (key: string) =>
      clientOf(api.url, token)<PendingAction>('POST', '/api/pending-actions', call({ title: key }), {
        'idempotency-key': key,
      }).catch((error: { cause?: { code?: string } }) => {
        if (error.cause?.code !== 'ECONNREFUSED') cut += 1; // nobody knows whether it was recorded: it is sent again
        return undefined;
      });
    const deliver = async (key: string): Promise<void> => {
      const reply = await until(`an answer to ${key}`, () => send(key), 60_000);
      expect(reply.status).toBe(201);
      if (reply.headers.has('idempotency-replayed')) replayed += 1;
      answers.set(key, reply.body.id);
    };
    const caller = async (lane: number): Promise<void> => {
      for (let index = lane; index < CALLS; index += CALLERS) await deliver(keys[index] ?? '');
    };
    const killer = async (): Promise<void> => {
      for (const answered of kills.toSorted((a, b) => a - b)) {
        await until(`${answered} answers`, () => answers.size >= answered, 60_000);
        await api.kill();
        api = await fleet.startApi();
      }
    };
    await Promise.all([killer(), ...Array.from({ length: CALLERS }, (_, lane) => caller(lane))]);

    expect(cut).toBeGreaterThan(0);
    const rows = await fleet.actions();
    expect(rows).toHaveLength(CALLS);
    expect(new Set(rows.map(({ params }) => (params as { title: string }).title)).size).toBe(CALLS);
    expect(rows.map(({ id }) => id).sort()).toEqual([...answers.values()].sort());
    expect(await fleet.db.tables.action_events.count({ where: { workspace_id: fleet.workspace.id } })).toBe(CALLS);
  }, 480_000);
});
