import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startTcpProxy, type TcpProxy } from '../../src/tcp-proxy.ts';
import { until } from '../../src/until.ts';

describe('the TCP proxy', () => {
  let received = '';
  let server: Server;
  let proxy: TcpProxy;
  const atServer = new Set<Socket>();
  beforeEach(async () => {
    received = '';
    server = createServer({ noDelay: true }, (socket) => {
      atServer.add(socket);
      socket.on('close', () => atServer.delete(socket)).on('error', () => undefined);
      socket.on('data', (bytes) => {
        received += bytes.toString();
        socket.write(`<${bytes.toString()}>`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startTcpProxy({ port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    await proxy.close();
    for (const socket of atServer) socket.destroy();
    server.close();
  });

  interface Client {
    socket: Socket;
    heard: () => string;
    /** The code of the error that ended it, or 'closed'. */
    ending: () => string | undefined;
  }
  async function client(): Promise<Client> {
    const socket = connect({ port: proxy.port, host: proxy.host, noDelay: true });
    let heard = '';
    let ending: string | undefined;
    socket.on('data', (bytes) => (heard += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (ending = error.code ?? 'error'));
    socket.on('close', () => (ending ??= 'closed'));
    await once(socket, 'connect');
    return { socket, heard: () => heard, ending: () => ending };
  }
  const exchange = async ({ socket, heard }: Client, text: string): Promise<void> => {
    socket.write(text);
    await until(`the reply to ${text}`, () => heard().endsWith(`<${text}>`), 2_000);
  };

  it('forwards both directions and the end of a connection', async () => {
    const one = await client();
    await exchange(one, 'hello');
    one.socket.end();
    await until('the server to see the end', () => atServer.size === 0);
    await until('the link to go', () => proxy.connections() === 0);
  });

  it('refuses new connections and resets existing ones, until it passes again on the same port', async () => {
    const one = await client();
    await exchange(one, 'a');
    await proxy.refuse();
    await until('the reset', () => one.ending() === 'ECONNRESET');
    await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.pass();
    await exchange(await client(), 'b');
  });

  it('resets existing connections, on both sides, and lets new ones through', async () => {
    const one = await client();
    await exchange(one, 'a');
    proxy.reset();
    await until('the reset', () => one.ending() === 'ECONNRESET');
    await until('the server to see it', () => atServer.size === 0);
    await exchange(await client(), 'b');
  });

  it('delays every packet in both directions and keeps their order', async () => {
    const one = await client();
    proxy.slow(60);
    const sentAt = performance.now();
    for (const text of ['a', 'b', 'c']) one.socket.write(text);
    await until('the replies', () => one.heard().replaceAll(/[<>]/g, '') === 'abc');
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(115);
    expect(received).toBe('abc');
  });

  it('swallows existing connections silently, and lets new ones through', async () => {
    const one = await client();
    await exchange(one, 'a');
    proxy.swallow('existing');
    one.socket.write('lost');
    await exchange(await client(), 'b');
    await proxy.pass(); // what was lost stays lost
    one.socket.write('lost too');
    await exchange(await client(), 'c');
    expect(received).toBe('abc');
    expect([one.heard(), one.ending()]).toEqual(['<a>', undefined]);
  });

  it('swallows all connections: they open, but nothing comes back', async () => {
    proxy.swallow('all');
    const one = await client();
    one.socket.write('lost');
    one.socket.destroy();
    await proxy.pass();
    await exchange(await client(), 'b');
    expect(received).toBe('b');
  });

  it('hides the end of a swallowed connection from the other side until it passes again', async () => {
    const one = await client();
    await exchange(one, 'a');
    proxy.swallow('existing');
    one.socket.destroy();
    await exchange(await client(), 'b');
    expect(atServer.size).toBe(2);
    await proxy.pass();
    await until('the server to see it', () => atServer.size === 1);
  });

  it('cuts a connection after N bytes, and delivers exactly those', async () => {
    proxy.cutAfter(5);
    const one = await client();
    one.socket.write('1234567');
    await until('the cut', () => one.ending() !== undefined);
    await until('the bytes', () => received === '12345');
  });

  it.each([
    ['reset', 'ECONNRESET'],
    ['silence', undefined],
  ] as const)('delivers the request and drops the reply, then %s', async (then, ending) => {
    const one = await client();
    await exchange(one, 'a');
    proxy.dropReplies(then);
    one.socket.write('done');
    await until('the request to arrive', () => received === 'adone');
    if (ending) await until('the reset', () => one.ending() === ending);
    await proxy.pass();
    await exchange(await client(), 'b');
    expect([one.heard(), one.ending()]).toEqual(['<a>', ending]);
  });

  it('hides a server’s hang-up after a dropped reply', async () => {
    const one = await client();
    await exchange(one, 'a');
    proxy.dropReplies('silence');
    for (const socket of atServer) socket.end('<the end>');
    const other = await client(); // by the time this one is served, the end would have arrived
    other.socket.write('b');
    await until('the other request to arrive', () => received === 'ab');
    expect([one.heard(), one.ending()]).toEqual(['<a>', undefined]);
  });
});
