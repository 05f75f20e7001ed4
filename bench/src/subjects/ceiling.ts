import { readFileSync } from 'node:fs';
import pg from 'pg';
import { freePort } from '../../../packages/local-server/dist/ports.js';
import { PARAMS } from '../params.ts';
import { startNode, untilReady } from '../processes.ts';
import { startPostgres, startRedis } from '../servers.ts';
import type { Subject } from '../subject.ts';
import { serviceFile, type Connect } from './service.ts';

/** Express, pg and BullMQ with group commit and none of the product's duties. */
export const ceiling = (connect: Connect): Subject => ({
  name: 'ceiling',
  setup: 'Express, pg and BullMQ on Redis with group commit; no tokens, validation, hashes, pauses or idempotency keys',
  start: async () => {
    const postgres = await startPostgres();
    const redis = await startRedis();
    const url = await postgres.database('ceiling');
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    await pool.query(readFileSync(new URL('../services/ceiling.sql', import.meta.url), 'utf8'));
    await pool.end();
    const port = String(await freePort());
    const env = { BENCH_DATABASE_URL: url, BENCH_REDIS_URL: redis.url, PORT: port, NODE_ENV: 'production' };
    const worker = startNode(serviceFile('ceiling-worker'), env);
    const api = startNode(serviceFile('ceiling-api'), env);
    await untilReady(api, `http://127.0.0.1:${port}/ready`);
    const http = connect(`http://127.0.0.1:${port}`);
    return {
      processes: { api: api.pid, worker: worker.pid, postgres: postgres.pid, redis: redis.pid },
      create: async () => (await http.post<{ id: string }>('/actions', { type: 'noop', params: PARAMS })).id,
      approve: (id) => http.post(`/actions/${id}/approve`, { action: 'approve' }),
      isCompleted: async (id) => {
        const { action } = await http.get<{ action: { status: string } }>(`/actions/${id}`);
        return action.status === 'completed';
      },
      stop: async () => {
        await Promise.all([api.stop(), worker.stop()]);
        await Promise.all([postgres.stop(), redis.stop()]);
      },
    };
  },
});
