import { createServer, type Server } from 'node:http';
import { atMostEvery, statement, type Worker } from '@proviso/core';

const PROBE = statement('ready_worker', 'select 1 as one');
/** Cached, because probes may call it often. */
const PROBE_MS = 1_000;

/** `/livez`: the process runs. `/readyz`: the database answers. */
export function serveHealth({ db, leases }: Worker, port: number, host: string): Promise<Server> {
  const probe = atMostEvery(PROBE_MS, () => db.query(PROBE, {}));
  const server = createServer((req, res) => {
    const answer = (status: number, body: object): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (req.url === '/livez') return answer(200, { status: 'ok' });
    if (req.url !== '/readyz') return answer(404, { status: 'error' });
    probe().then(
      () => answer(200, { status: 'ok', running: leases.count() }),
      () => answer(503, { status: 'unavailable' }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}
