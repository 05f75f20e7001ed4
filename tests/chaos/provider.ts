import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseId } from '@proviso/core';
import type { Effect } from '@proviso/testing';

export interface Provider {
  port: number;
  effects: Effect[];
  /** The number of requests, including repetitions. */
  asked(): number;
  close(): Promise<void>;
}

interface Posting {
  action: string;
  text: string;
}

/**
 * A provider over HTTP. `POST /posts` honours the Idempotency-Key. `POST /calls` treats every request as new, and `GET
 * /calls/<action>` lists what it accepted. It runs in the runner, which no fault kills, and counts before it replies.
 */
export async function startProvider(thinkingMs: () => number): Promise<Provider> {
  const effects: Effect[] = [];
  let asked = 0;
  const answer = async (req: IncomingMessage): Promise<object | null> => {
    const [, kind, id] = (req.url ?? '').split('/');
    if (req.method === 'GET') return effects.find(({ action }) => action === uuid(id ?? '')) ?? null;
    asked += 1;
    const { action, text } = (await json(req)) as Posting;
    await sleep(thinkingMs());
    const key = kind === 'posts' ? String(req.headers['idempotency-key']) : null;
    const known = key !== null && effects.find(({ identity }) => identity === key);
    if (known) return known;
    effects.push({ action: uuid(action), identity: key ?? uuid(action), said: { text }, at: new Date() });
    return { taken: true };
  };
  const server = createServer((req, res) => {
    answer(req)
      .then((body) => {
        res.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      })
      .catch(() => res.destroy()); // the request was cut off
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    effects,
    asked: () => asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const uuid = (id: string): string => parseId('action', id) ?? id;
