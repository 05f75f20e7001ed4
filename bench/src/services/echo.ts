// The floor of HTTP: Express that reads a body and sends it back, and node:http that sends an empty object.
import { createServer } from 'node:http';
import express from 'express';

const { PORT = '', BENCH_ECHO } = process.env;
if (BENCH_ECHO === 'node') {
  createServer((request, reply) => {
    request.resume();
    request.on('end', () => reply.setHeader('content-type', 'application/json').end('{"id":"1"}'));
  }).listen(Number(PORT), '127.0.0.1');
} else {
  const app = express();
  app.use(express.json());
  app.get('/ready', (_, reply) => void reply.end());
  app.post('/actions', ({ body }, reply) => void reply.json({ id: '1', action: body as object }));
  app.listen(Number(PORT), '127.0.0.1');
}
