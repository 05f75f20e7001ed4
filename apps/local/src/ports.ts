import { createServer, type AddressInfo } from 'node:net';

/** The error code of listening on a port, on all addresses as well as on this machine's own; undefined = it is free. */
export async function portFault(port: number): Promise<string | undefined> {
  return (await listenFault(port)) ?? (await listenFault(port, '127.0.0.1'));
}

function listenFault(port: number, host?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ port, host }, () => probe.close(() => resolve(undefined)));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
