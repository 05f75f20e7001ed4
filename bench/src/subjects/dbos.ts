import { freePort } from '../../../packages/local-server/dist/ports.js';
import { PARAMS } from '../params.ts';
import { startNode, untilReady } from '../processes.ts';
import { startPostgres } from '../servers.ts';
import type { Subject } from '../subject.ts';
import { serviceFile, type Connect } from './service.ts';

export const dbos = (connect: Connect): Subject => ({
  name: 'DBOS',
  setup: 'DBOS Transact in one Express process on PostgreSQL; a workflow that waits in recv for what a route sends',
  start: async () => {
    const postgres = await startPostgres();
    const port = String(await freePort());
    const env = { BENCH_DATABASE_URL: await postgres.database('dbos'), PORT: port, NODE_ENV: 'production' };
    const api = startNode(serviceFile('dbos'), env);
    await untilReady(api, `http://127.0.0.1:${port}/ready`);
    const http = connect(`http://127.0.0.1:${port}`);
    return {
      processes: { api: api.pid, postgres: postgres.pid },
      create: async () => (await http.post<{ id: string }>('/actions', PARAMS)).id,
      approve: (id) => http.post(`/actions/${id}/approve`, {}),
      isCompleted: async (id) => {
        const { status } = await http.get<{ status: string }>(`/actions/${id}`);
        if (status !== 'PENDING' && status !== 'SUCCESS') throw new Error(`${id} is ${status}`);
        return status === 'SUCCESS';
      },
      stop: async () => {
        await api.stop();
        await postgres.stop();
      },
    };
  },
});
