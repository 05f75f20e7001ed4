import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './open-metrics.ts';

export function sendMetrics(metrics: Metrics, res: ServerResponse): void {
  metrics.text().then(
    (text) => res.writeHead(200, { 'content-type': metrics.contentType }).end(text),
    () => res.writeHead(500).end(),
  );
}

/**
 * Serves `/metrics` on a separate port. No user's token opens it, because the address that users reach does not have
 * it.
 */
export function serveMetrics(metrics: Metrics, port: number, host: string): Promise<Server> {
  const server = createServer((req, res) => {
    if (req.url === '/metrics') sendMetrics(metrics, res);
    else res.writeHead(404).end();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}
