import { openQueue } from '@proviso/core';
import { until } from '@proviso/testing';
import { clientOf, NOWHERE, proposal, useTenant } from './test-api.ts';

describe('health', () => {
  const { api, here } = useTenant();
  const fetchJson = async (url: string) => {
    const reply = await fetch(url);
    const body = (await reply.json()) as Record<string, unknown>;
    return { status: reply.status, body, retry: reply.headers.get('retry-after') };
  };

  it('is alive without a query', async () => {
    const url = await api.another({ db: api.database({ url: NOWHERE }) });
    expect(await fetchJson(`${url}/livez`)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is ready with database and queue, and says what is paused', async () => {
    expect(await fetchJson(`${api.url}/readyz`)).toMatchObject({
      status: 200,
      body: { status: 'ok', database: true, queue: true, queue_backend: 'postgres', pauses: 0 },
    });
    await here.owner.post('/v1/pause');
    await until('it to look again', async () => (await fetchJson(`${api.url}/readyz`)).body.pauses === 1);
    await here.owner.post('/v1/resume');
  });

  it('is degraded without the queue and still accepts work', async () => {
    const { databaseUrl, log } = api.world;
    const queue = await openQueue({ redisUrl: 'redis://127.0.0.1:1', databaseUrl, log });
    const url = await api.another({ queue });
    expect(await fetchJson(`${url}/readyz`)).toMatchObject({
      status: 200,
      body: { status: 'degraded', database: true, queue: false },
    });
    const owner = clientOf(url, await here.token({}));
    const started = performance.now();
    const { status, body } = await owner.post('/v1/actions', proposal(here));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(status).toBe(200);
    expect((await api.recorded(body.action_id)).row.status).toBe('scheduled');
    for (const verb of ['execute', 'cancel'])
      expect((await owner.post(`/v1/actions/${body.action_id}/${verb}`)).status).toBe(200);
    await queue.close();
  });

  it('is not ready without the database', async () => {
    const url = await api.another({ db: api.database({ url: NOWHERE }) });
    const { status, body, retry } = await fetchJson(`${url}/readyz`);
    expect([status, body.status, body.database]).toEqual([503, 'unavailable', false]);
    expect(Number(retry)).toBeGreaterThan(0);
  });
});
