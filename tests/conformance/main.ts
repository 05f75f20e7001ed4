// npm run conformance: the protocol's own suite against a gateway. The suite needs Node 22 and sends no key, so a proxy
// adds an agent's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openWorld, startApi } from '@proviso/testing';
import { openGateway } from './open-gateway.ts';
import { startReferenceServer } from './reference-server.ts';

const SUITE = '@modelcontextprotocol/conformance@0.1.16';
const EXPECTED = 'tests/conformance/expected-failures.yml';

/** `args` go to the suite. Throws if a scenario fails that is not expected to, or succeeds although it is. */
export async function runConformance(args: string[]): Promise<void> {
  const world = await openWorld();
  const server = await startReferenceServer();
  const api = await startApi({ databaseUrl: world.databaseUrl });
  const workspace = await world.workspace();
  const id = await openGateway(api, workspace, {
    server: { config: { url: server.url } },
    agents: ['suite'],
    reads: () => true,
  });
  const proxy = await startProxy(api.url, await workspace.token({ agent: 'suite' }));
  try {
    const suite = process.env.MCP_CONFORMANCE ?? 'npx';
    const named = suite === 'npx' ? ['--yes', SUITE] : [];
    const options = ['server', '--url', `${proxy.url}/mcp/${id}`, '--expected-failures', EXPECTED, ...args];
    const [code] = (await once(spawn(suite, [...named, ...options], { stdio: 'inherit' }), 'exit')) as [number | null];
    if (code !== 0) throw new Error('The gateway and the suite’s expected failures differ: see above.');
  } finally {
    proxy.close();
    await api.kill();
    await server.close();
    await world.close();
  }
}

async function startProxy(target: string, token: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    const options = { ...(method && { method }), headers: { ...headers, authorization: `Bearer ${token}` } };
    const passed = forward(target + url, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.once('error', () => response.destroy());
    request.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
