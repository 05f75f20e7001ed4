import { createServer, type Server } from 'node:http';
import { atMostEvery, statement, type Worker } from '@proviso/core';
import { openMetrics, sendMetrics } from '@proviso/metrics';

const PROBE = statement('ready_worker', 'select 1 as one');
/** Cached, because probes may call it often. */
const PROBE_MS = 1_000;

/** `/livez`: the process runs. `/readyz`: the database answers, and whether dispatch is held. `/metrics`: for Prometheus. */
export function serveHealth(worker: Worker, port: number, host: string): Promise<Server> {
  const { db, leases, epoch } = worker;
  const metrics = openMetrics(worker);
  const probe = atMostEvery(PROBE_MS, () => db.query(PROBE, {}));
  const server = createServer((req, res) => {
    const answer = (status: number, body: object): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (req.url === '/metrics') return sendMetrics(metrics, res);
    if (req.url === '/livez') return answer(200, { status: 'ok' });
    if (req.url !== '/readyz') return answer(404, { status: 'error' });
    probe().then(
      () => {
        const { reason, message } = epoch.hold() ?? {};
        answer(200, { status: reason ? 'held' : 'ok', running: leases.count(), ...(reason && { reason, message }) });
      },
      () => answer(503, { status: 'unavailable' }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}
