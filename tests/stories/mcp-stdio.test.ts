import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Action, Identity } from '@proviso/contracts';
import { until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

describe('MCP programs of the operator', () => {
  const fleet = useFleet();
  const folder = mkdtempSync(path.join(tmpdir(), 'proviso-mcp-'));
  const servers = path.join(folder, 'mcp.json');
  const calls = path.join(folder, 'calls');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are run by name, without our environment, and called once', async () => {
    const program = { command: process.execPath, args: ['packages/testing/dist/providers/mcp-stdio.js', calls] };
    writeFileSync(servers, JSON.stringify({ mcpServers: { billing: program } }));
    const env = { PROVISO_MCP_SERVERS: servers, SECRET_OF_OURS: 'x' };
    const [api] = [await fleet.startApi({ env }), await fleet.startWorker({ env })];
    const owner = await fleet.client(api);

    const identity = (server: string) =>
      owner<{ identity: Identity }>('POST', '/v1/identities', { provider: 'mcp', name: server, config: { server } });
    expect((await identity('another')).status).toBe(400);
    const { identity_id } = (await identity('billing')).body.identity;
    const params = { tool: 'send_invoice', arguments: { customer: 'Acme', cents: 1 } };
    const asked = { type: 'mcp_tool_call', identity_id, params };
    const { action } = (await owner<{ action: Action }>('POST', '/v1/actions', asked)).body;
    expect(action.preview?.fields).toContainEqual({ label: 'Server', value: 'billing' });
    const ended = await until(
      'the call to end',
      async () => {
        const read = (await owner<{ action: Action }>('GET', `/v1/actions/${action.action_id}`)).body.action;
        return ['completed', 'failed'].includes(read.status) ? read : undefined;
      },
      40_000,
    );
    expect(ended).toMatchObject({ status: 'completed', result: { content: [{ type: 'text', text: 'Sent' }] } });
    const seen = readFileSync(calls, 'utf8').trim().split('\n');
    expect(seen.map((line) => JSON.parse(line) as unknown)).toEqual([{ customer: 'Acme', cents: 1, leaked: null }]);
  }, 60_000);
});
