import { createServer, type AddressInfo, type Server } from 'node:net';
import { z } from 'zod';
import { EXECUTOR_ENVIRONMENT, executorSettings, openSocket, workspaceTools } from '../../src/index.ts';

const environment = z.object(EXECUTOR_ENVIRONMENT);
const settingsFor = (PROVISO_ALLOWED_PRIVATE_HOSTS: string) =>
  executorSettings(environment.parse({ PROVISO_ALLOWED_PRIVATE_HOSTS }));

describe('private hosts that the operator allows', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((socket) => void socket.on('error', () => undefined).end());
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => void server.close());

  const reaches = async (host: string, allowed: string): Promise<boolean> => {
    const { allowedPrivateHosts } = settingsFor(allowed);
    const { signal } = new AbortController();
    return openSocket({ host, port }, { allowedPrivateHosts, signal }).then(
      (socket) => {
        socket.destroy();
        return true;
      },
      () => false,
    );
  };

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '10.0.0.0/8, 127.0.0.0/8'],
    ['localhost', 'LocalHost'],
    ['0x7f.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1/32'],
  ])('are reached: %s where %s is allowed', async (host, allowed) => expect(await reaches(host, allowed)).toBe(true));

  it.each([
    ['127.0.0.1', ''],
    ['127.0.0.1', '127.0.0.2'],
    ['127.0.0.1', '10.0.0.0/8'],
    ['127.0.0.1', 'localhost'],
    ['localhost', 'other.localhost'],
    ['localhost', '127.0.0.1'], // this machine goes by its name only where that is named
    ['sub.localhost', 'localhost'],
  ])('are not reached: %s where %s is allowed', async (host, allowed) =>
    expect(await reaches(host, allowed)).toBe(false),
  );

  it('apply to tools too, with https', () => {
    const { addressFault } = workspaceTools(settingsFor('10.1.0.0/16,tools.localhost'));
    expect(addressFault(new URL('https://10.1.2.3/'))).toBeUndefined();
    expect(addressFault(new URL('https://tools.localhost/'))).toBeUndefined();
    expect(addressFault(new URL('https://10.2.0.1/'))).toBe('must be on the public internet');
    expect(addressFault(new URL('http://10.1.2.3/'))).toBe('must be an https:// URL');
  });

  it.each(['10.0.0.0/33', '*.corp.example', 'a b', 'http://relay', 'relay:25'])(
    'are refused at the start: %s',
    (text) => {
      const { error } = environment.safeParse({ PROVISO_ALLOWED_PRIVATE_HOSTS: `relay.corp.example,${text}` });
      expect(error?.issues).toMatchObject([
        {
          path: ['PROVISO_ALLOWED_PRIVATE_HOSTS'],
          message: `has ${JSON.stringify(text)}, which is neither a host name, an address nor a CIDR range`,
        },
      ]);
    },
  );
});
