import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, type Client, type ClientOptions } from '../../src/index.ts';

interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

type Answer = (res: ServerResponse, seen: Seen) => void;

/** A real HTTP server that gives its answers in order, repeats the last one, and records its requests. */
export async function startFakeServer(...answers: Answer[]) {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8').on('data', (more: string) => (text += more));
    req.on('end', () => {
      const { method = '', url = '', headers } = req;
      seen.push({ method, path: url, headers, body: text ? JSON.parse(text) : undefined });
      const answer = answers[Math.min(seen.length, answers.length) - 1] as Answer;
      answer(res, seen.at(-1) as Seen);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl,
    seen,
    client: (more: Partial<ClientOptions> = {}): Client => createClient({ baseUrl, token: 'pv_test', ...more }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (res) =>
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const cutOff: Answer = (res) => res.socket?.destroy();
export const silent: Answer = () => undefined;

/** The fields of an action that these tests read. */
export const actionReply = (more: object = {}) => {
  const action = { action_id: 'act_1', status: 'pending_approval', ...more };
  return { status: 'success', action_id: action.action_id, action };
};

export const refusal = (code: string, more: object = {}) => ({
  status: 'error',
  error: 'A sentence.',
  code,
  details: [],
  request_id: 'r-1',
  timestamp: '2026-11-24T00:00:00.000Z',
  ...more,
});

/** Servers that end with their test. */
export function useFakeServers(): typeof startFakeServer {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  return async (...answers) => {
    const server = await startFakeServer(...answers);
    open.push(server);
    return server;
  };
}
