import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@proviso/contracts';

export interface FakeRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface FakeReply {
  status: number;
  /** Text is sent unchanged. */
  body?: JsonObject | string;
  headers?: Record<string, string>;
}

/** A fault of one request. `takes`: the request is handled, and its effect exists, before anything else happens. */
export interface HttpFault {
  takes?: boolean;
  /** Sent instead of the usual reply. */
  reply?: FakeReply;
  /** How the connection ends. `unread`: before the request's body is read; `half`: in the middle of the reply. */
  ending?: 'unread' | 'cut' | 'half' | 'hang';
  /** The reply waits for this. */
  until?: Promise<void>;
}

export const httpFault = {
  answers: (status: number, body?: FakeReply['body'], headers?: Record<string, string>): HttpFault => ({
    reply: { status, ...(body !== undefined && { body }), ...(headers && { headers }) },
  }),
  cutsUnread: (): HttpFault => ({ ending: 'unread' }),
  cuts: (): HttpFault => ({ ending: 'cut' }),
  hangs: (): HttpFault => ({ ending: 'hang' }),
  takesThenCuts: (): HttpFault => ({ takes: true, ending: 'cut' }),
  takesThenAnswersHalf: (): HttpFault => ({ takes: true, ending: 'half' }),
  takesThenHangs: (): HttpFault => ({ takes: true, ending: 'hang' }),
  takesThenAnswersLate: (until: Promise<void>): HttpFault => ({ takes: true, until }),
};

export interface HttpFake {
  readonly url: string;
  /** All requests, each recorded before its reply is sent. */
  readonly requests: (FakeRequest & { atMs: number })[];
  /** Faults of the next requests to paths that end like this, one each. */
  next(path: string, ...faults: HttpFault[]): void;
  /** Resolves when a fault next occurs; rejects after 5 s. Call it before the client starts. */
  struck(): Promise<void>;
  /** From now on handles at most this many requests per second; the others get 429. */
  limit: (perSecond: number) => void;
  /** From now on the operating system refuses connections. */
  refuseConnections(): Promise<void>;
  close(): Promise<void>;
}

export interface HttpFakeOptions {
  handle: (request: FakeRequest) => FakeReply | Promise<FakeReply>;
  /** Faults are armed under this name if all requests go to one path; then `unread` means read but not handled. */
  nameOf?: (request: FakeRequest) => string;
  /** The provider's reply for "too many"; Retry-After: 1 is added. */
  tooMany: FakeReply;
}

/** Method and path, such as /^GET \/contacts\/([^/]+)$/, and a handler that gets the captured groups. */
export type Route = [RegExp, (request: FakeRequest, ...caught: string[]) => FakeReply];

/** The reply of the first route that matches; undefined = none does. */
export function routed(routes: Route[], request: FakeRequest): FakeReply | undefined {
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(`${request.method} ${request.path}`);
    if (match) return answer(request, ...match.slice(1));
  }
  return undefined;
}

/** The HTTP API of a provider on loopback: a real server that does what `handle` says unless a fault is due. */
export async function startHttpFake({ handle, nameOf, tooMany }: HttpFakeOptions): Promise<HttpFake> {
  const requests: HttpFake['requests'] = [];
  const planned: { path: string; fault: HttpFault }[] = [];
  const waiting: (() => void)[] = [];
  const gate = openGate();

  const faultFor = (path: string): HttpFault | undefined => {
    const index = planned.findIndex((plan) => path.endsWith(plan.path));
    return index < 0 ? undefined : planned.splice(index, 1)[0]?.fault;
  };
  const answer = async (request: FakeRequest): Promise<FakeReply> =>
    gate.lets() ? handle(request) : { ...tooMany, headers: { ...tooMany.headers, 'retry-after': '1' } };
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://fake.test');
    const { method = 'GET', headers } = incoming;
    const bare = { method, path, query, headers };
    const early = nameOf ? undefined : faultFor(path);
    const request = { ...bare, body: early?.ending === 'unread' ? '' : await textOf(incoming) };
    const fault = nameOf ? faultFor(nameOf(request)) : early;
    if (fault?.ending === 'unread') incoming.socket.resetAndDestroy();
    requests.push({ ...request, atMs: performance.now() });
    const usual = !fault || fault.takes ? await answer(request) : { status: 500 };
    if (fault) waiting.splice(0).forEach((resolve) => resolve());
    await fault?.until;
    await finish(response, fault?.reply ?? usual, fault?.ending);
  };

  const { url, close } = await listen((incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy());
  });
  return {
    url,
    requests,
    next: (path, ...faults) => void planned.push(...faults.map((fault) => ({ path, fault }))),
    struck: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no fault struck within 5 s')), 5_000);
        waiting.push(() => resolve(clearTimeout(timer)));
      }),
    limit: gate.limit,
    refuseConnections: close,
    close,
  };
}

/** Lets at most `perSecond` requests pass in any second. */
function openGate(): { lets(): boolean; limit: (perSecond: number) => void } {
  const passedAtMs: number[] = [];
  let most = Infinity;
  return {
    lets() {
      const nowMs = performance.now();
      if (passedAtMs.filter((at) => at > nowMs - 1_000).length >= most) return false;
      passedAtMs.push(nowMs);
      return true;
    },
    limit: (perSecond) => void (most = perSecond),
  };
}

async function listen(onRequest: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(onRequest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function finish(response: ServerResponse, reply: FakeReply, ending: HttpFault['ending']): Promise<void> {
  if (ending === 'hang' || ending === 'unread') return;
  if (ending === 'cut') return void response.socket?.resetAndDestroy();
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
  response.writeHead(reply.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...reply.headers,
  });
  if (ending !== 'half') return void response.end(text);
  await new Promise((resolve) => response.write(text.slice(0, text.length / 2), resolve));
  response.socket?.resetAndDestroy();
}
