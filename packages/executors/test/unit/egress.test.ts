import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressError, isPublicAddress, openEgress, workspaceTools } from '../../src/index.ts';
import { CLOSED } from '../closed-addresses.ts';

describe('egress', () => {
  let server: Server;
  let port: number;
  let requests: string[];
  let connections: number;
  beforeAll(async () => {
    server = createServer((req, res) => {
      requests.push(`${req.method} ${req.url}`);
      if (req.url === '/redirect')
        return void res.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
      if (req.url === '/large') return void res.end('x'.repeat(2_000));
      if (req.url === '/slow') return undefined;
      if (req.url === '/cut') return void res.writeHead(200, { 'content-length': '9' }).write('x', () => res.destroy());
      return void res.end('here');
    });
    server.on('connection', () => (connections += 1));
    await new Promise<void>((listening) => server.listen(0, '::', listening)); // IPv4 too
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    requests = [];
    connections = 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const failure = async (call: Promise<unknown>): Promise<EgressError> => {
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof EgressError)) throw new Error(`no EgressError: ${String(error)}`, { cause: error });
    return error;
  };
  const here = openEgress({ allowPrivateAddresses: true }, { bodyBytesMax: 1_000 });

  it.each(CLOSED)('does not reach %s: %s', async (_, host) => {
    const { reason, sent } = await failure(openEgress({})(`http://${host}:${port}/`, { method: 'POST', body: '{}' }));
    expect({ reason, sent }).toEqual({ reason: 'forbidden', sent: false });
    expect([requests, connections]).toEqual([[], 0]);
  });

  it.each(CLOSED)('refuses a tool at %s: %s', (_, host) => {
    expect(workspaceTools({}).addressFault(new URL(`https://${host}/`))).toBe('must be on the public internet');
  });

  it.each(['8.8.8.8', '1.1.1.1', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001:800::200e'])(
    'treats %s as public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it('checks what a name resolves to as it connects, whatever it resolved to before', async () => {
    const { reason, sent } = await failure(openEgress({})(`http://localhost:${port}/`));
    expect([reason, sent, connections]).toEqual(['forbidden', false, 0]);
  });

  it('follows no redirect', async () => {
    const { status, headers } = await here(`http://127.0.0.1:${port}/redirect`);
    expect([status, headers.get('location'), requests]).toEqual([
      302,
      `http://127.0.0.1:${port}/secret`,
      ['GET /redirect'],
    ]);
  });

  it('reaches this machine if the operator allows it, even with a Request', async () => {
    const request = new Request(`http://127.0.0.1:${port}/a`, { method: 'POST', body: 'x' });
    expect(await (await here(request)).text()).toBe('here');
    expect(await (await here(new URL(`http://localhost:${port}/b`), { method: 'PUT' })).text()).toBe('here');
    expect(requests).toEqual(['POST /a', 'PUT /b']);
  });

  it('opens a connection for each request and keeps none', async () => {
    for (const at of ['/1', '/2']) await (await here(`http://127.0.0.1:${port}${at}`)).text();
    expect(connections).toBe(2);
  });

  it('stops reading a response that is too large', async () => {
    const response = await here(`http://127.0.0.1:${port}/large`);
    expect(await failure(response.text())).toMatchObject({ reason: 'too_large', sent: true });
  });

  it('gives up after its time limit, and when it is aborted', async () => {
    const brief = openEgress({ allowPrivateAddresses: true }, { timeoutMs: 50 });
    const slow = `http://127.0.0.1:${port}/slow`;
    expect(await failure(brief(slow))).toMatchObject({ reason: 'failed', sent: true });
    const stop = new AbortController();
    const call = failure(here(slow, { signal: stop.signal }));
    stop.abort();
    expect(await call).toMatchObject({ reason: 'failed' });
  });

  it('runs until its signal aborts, or for a minute without one', async () => {
    const limits = jest.spyOn(AbortSignal, 'timeout');
    const limitsOf = async (init: RequestInit): Promise<unknown[]> => {
      limits.mockClear();
      await (await here(`http://127.0.0.1:${port}/1`, init)).text();
      return limits.mock.calls.map(([ms]) => ms).filter((ms) => ms !== 10_000); // to connect
    };
    try {
      expect(await limitsOf({ signal: new AbortController().signal })).toEqual([]);
      expect(await limitsOf({})).toEqual([60_000]);
    } finally {
      limits.mockRestore();
    }
  });

  it.each([
    ['nobody listens', 'http://127.0.0.1:1/'],
    ['there is no such name', 'http://no-such-name.invalid/'],
    ['the provider speaks no TLS', ''],
  ])('knows that nothing was sent when %s', async (_, url) => {
    expect(await failure(here(url || `https://127.0.0.1:${port}/`))).toMatchObject({ reason: 'failed', sent: false });
  });
});
