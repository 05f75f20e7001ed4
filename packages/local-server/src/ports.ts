import { createServer, type AddressInfo } from 'node:net';

/** A free port of this machine. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0);
  if (typeof port === 'number') return port;
  throw new Error(`No port is free on 127.0.0.1 (${port}).`);
}

/** The error code of listening on a port, on all addresses and on loopback; undefined = it is free. */
export async function portFault(port: number): Promise<string | undefined> {
  const answers = [await listenOnce(port, undefined), await listenOnce(port)];
  return answers.find((answer) => typeof answer === 'string');
}

/** The port it listened on, or the error code. */
export function listenOnce(port: number, host: string | undefined = '127.0.0.1'): Promise<number | string> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ port, host }, () => {
      const { port: found } = probe.address() as AddressInfo;
      probe.close(() => resolve(found));
    });
  });
}
