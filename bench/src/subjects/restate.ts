import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../packages/local-server/dist/ports.js';
import { PARAMS } from '../params.ts';
import { startNode, startProcess, untilReady } from '../processes.ts';
import type { Subject } from '../subject.ts';
import { serviceFile, type Connect } from './service.ts';

const SERVER = fileURLToPath(new URL('../../node_modules/.bin/restate-server', import.meta.url));
const NOT_READY = 470; // "the result is not ready" of the ingress

export const restate = (connect: Connect): Subject => ({
  name: 'Restate',
  setup:
    'restate-server of npm with one Node endpoint; a workflow that waits for a durable promise; through its ingress',
  start: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'proviso-bench-restate-'));
    const [ingress, admin, node, endpoint] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const service = startNode(serviceFile('restate'), { PORT: String(endpoint), NODE_ENV: 'production' });
    const server = startProcess(
      SERVER,
      ['--no-logo', '--base-dir', dir, '--listen-mode', 'tcp', '--bind-ip', '127.0.0.1'],
      {
        RESTATE_INGRESS__BIND_PORT: String(ingress),
        RESTATE_ADMIN__BIND_PORT: String(admin),
        RESTATE_BIND_PORT: String(node),
        RESTATE_LOG_FILTER: 'error',
      },
    );
    await untilReady(server, `http://127.0.0.1:${admin}/health`);
    await connect(`http://127.0.0.1:${admin}`).post('/deployments', { uri: `http://127.0.0.1:${endpoint}` });
    const http = connect(`http://127.0.0.1:${ingress}`);
    return {
      processes: { server: server.pid, service: service.pid },
      create: async () => {
        const id = randomUUID();
        await http.post(`/action/${id}/run/send`, PARAMS);
        return id;
      },
      approve: (id) => http.post(`/action/${id}/approve`, undefined),
      isCompleted: async (id) => {
        const status = await http.status(`/restate/workflow/action/${id}/output`);
        if (status !== 200 && status !== NOT_READY) throw new Error(`${id}: ${status}`);
        return status === 200;
      },
      stop: async () => {
        await Promise.all([server.stop(), service.stop()]);
        rmSync(dir, { recursive: true, force: true });
      },
    };
  },
});
