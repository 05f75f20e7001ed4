// Official clients and real servers, from the client to the effect.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Action, Gateway, GatewayTool, Identity } from '@proviso/contracts';
import { freePort } from '@proviso/local-server/ports';
import { formatId } from '@proviso/core';
import { startProcess, until, type Running } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startMcpFake } from '@proviso/testing/providers/mcp';

const serverFile = (name: string): string => `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`;
const ERAS = ['legacy', { pin: '2026-07-28' }] as const;

describe('real MCP servers behind a gateway', () => {
  const fleet = useFleet();
  let folder: string;
  let env: Record<string, string>;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'proviso-gateway-')));
    const run = (name: string, ...args: string[]) => ({ command: process.execPath, args: [serverFile(name), ...args] });
    const servers = path.join(folder, 'mcp.json');
    const memory = { ...run('memory'), env: { MEMORY_FILE_PATH: path.join(folder, 'memory.jsonl') } };
    const mcpServers = { files: run('filesystem', folder), memory, thinking: run('sequential-thinking') };
    writeFileSync(servers, JSON.stringify({ mcpServers }));
    env = { PROVISO_MCP_SERVERS: servers, PROVISO_ALLOW_PRIVATE_ADDRESSES: 'true' };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  type Send = Awaited<ReturnType<typeof fleet.client>>;

  async function add(
    owner: Send,
    servers: { prefix: string; config: object; credentials?: object }[],
  ): Promise<string> {
    const parts = [];
    for (const { prefix, ...account } of servers) {
      const made = await owner<{ identity: Identity }>('POST', '/v1/identities', {
        provider: 'mcp',
        name: prefix,
        ...account,
      });
      parts.push({ identity_id: made.body.identity.identity_id, prefix });
    }
    const agent = formatId('agent', await fleet.workspace.agentId('bot'));
    const body = { name: 'All', servers: parts, agent_ids: [agent] };
    const { gateway } = (await owner<{ gateway: Gateway }>('POST', '/v1/gateways', body)).body;
    expect(gateway.servers.map(({ failure }) => failure)).toEqual(servers.map(() => null));
    return gateway.gateway_id;
  }

  /** What a person would accept who believes the annotations of these servers. */
  async function acceptReads(owner: Send, id: string): Promise<void> {
    const { tools } = (await owner<{ tools: GatewayTool[] }>('GET', `/v1/gateways/${id}/tools?limit=100`)).body;
    const reviews = tools.map(({ identity_id, name, definition_hash, suggested_access: access }) => ({
      identity_id,
      name,
      definition_hash,
      access,
    }));
    expect((await owner('POST', `/v1/gateways/${id}/tools/review`, { tools: reviews })).status).toBe(200);
  }

  async function connect(url: string, id: string, mode: (typeof ERAS)[number] = ERAS[1]): Promise<Client> {
    const client = new Client({ name: 'Ada', version: '1' }, { versionNegotiation: { mode } });
    const headers = { authorization: `Bearer ${await fleet.workspace.token({ agent: 'bot' })}` };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp/${id}`), { requestInit: { headers } }));
    return client;
  }

  const textOf = ({ content }: { content?: unknown }): string =>
    (content as { text?: string }[]).map(({ text = '' }) => text).join('\n');

  const onlyAction = async (owner: Send): Promise<Action> => {
    const { actions } = (await owner<{ actions: Action[] }>('GET', '/v1/actions?type=mcp_tool_call')).body;
    expect(actions).toHaveLength(1);
    return actions[0]!;
  };
  const decide = async (owner: Send, { action_id, params_hash }: Action, decision: object): Promise<void> => {
    const { status } = await owner('POST', `/v1/actions/${action_id}/approve`, { ...decision, params_hash });
    expect(status).toBe(200);
  };

  it.each(ERAS)(
    'are listed, read, gated, edited and run for a client of %p',
    async (mode) => {
      const port = await freePort();
      const everything = fleet.own(await startEverything(port));
      const api = await fleet.startApi({ env });
      await fleet.startWorker({ env });
      const owner = await fleet.client(api);
      const id = await add(owner, [
        { prefix: 'everything', config: { url: `http://127.0.0.1:${port}/mcp` } },
        { prefix: 'files', config: { server: 'files' } },
        { prefix: 'memory', config: { server: 'memory' } },
        { prefix: 'thinking', config: { server: 'thinking' } },
      ]);
      await acceptReads(owner, id);
      const client = await connect(api.url, id, mode);
      const names = (await client.listTools()).tools.map(({ name }) => name);
      expect(names).toEqual(
        expect.arrayContaining([
          'everything__echo',
          'files__write_file',
          'memory__read_graph',
          'thinking__sequentialthinking',
        ]),
      );

      expect(textOf(await client.callTool({ name: 'everything__echo', arguments: { message: 'hello' } }))).toBe(
        'Echo: hello',
      );
      expect(textOf(await client.callTool({ name: 'memory__read_graph' }))).toContain('"entities": []');
      writeFileSync(path.join(folder, 'a.txt'), 'A');
      const file = path.join(folder, 'a.txt');
      expect(textOf(await client.callTool({ name: 'files__read_text_file', arguments: { path: file } }))).toBe('A');
      const { resources } = await client.listResources();
      const document = resources.find(({ name }) => name === 'architecture.md');
      expect(document?.uri).toBe('everything+demo://resource/static/document/architecture.md');
      const { contents } = await client.readResource({ uri: document!.uri });
      expect(contents).toMatchObject([{ uri: document!.uri, text: expect.stringContaining('#') }]);
      expect((await client.listPrompts()).prompts.map(({ name }) => name)).toContain('everything__simple-prompt');
      expect((await client.getPrompt({ name: 'everything__simple-prompt' })).messages).toHaveLength(1);

      const given = { path: path.join(folder, 'b.txt'), content: 'B' };
      const writing = client.callTool({ name: 'files__write_file', arguments: given }, { timeout: 60_000 });
      const action = await until('the call to be an action', async () => {
        const { actions } = (await owner<{ actions: Action[] }>('GET', '/v1/actions')).body;
        return actions[0];
      });
      expect(existsSync(given.path)).toBe(false);
      await decide(owner, action, { action: 'edit', edits: { arguments: { ...given, content: 'C' } } });
      const written = await writing;
      expect(written.isError).toBeUndefined();
      expect(textOf(written)).toContain('A person changed content from "B" to "C".');
      expect(readFileSync(given.path, 'utf8')).toBe('C');
      await client.close();
      await everything.kill();
    },
    120_000,
  );

  it('have one effect although the stream broke, and client, api and worker were replaced meanwhile', async () => {
    const api = await fleet.startApi({ env });
    const worker = await fleet.startWorker({ env });
    const owner = await fleet.client(api);
    const id = await add(owner, [{ prefix: 'files', config: { server: 'files' } }]);
    writeFileSync(path.join(folder, 'from.txt'), 'once');
    const [source, destination] = [path.join(folder, 'from.txt'), path.join(folder, 'to.txt')];
    const call = { name: 'files__move_file', arguments: { source, destination } };
    const client = await connect(api.url, id);
    const broken = client.callTool(call).catch(() => undefined);
    const action = await until('the call to be an action', async () => {
      const { actions } = (await owner<{ actions: Action[] }>('GET', '/v1/actions')).body;
      return actions[0];
    });
    await Promise.all([api.kill(), worker.kill()]);
    await client.close().catch(() => undefined);
    await broken;

    const again = await fleet.startApi({ env });
    const people = await fleet.client(again);
    const second = await connect(again.url, id);
    const answer = second.callTool(call, { timeout: 60_000 });
    await decide(people, await onlyAction(people), { action: 'approve' });
    await fleet.startWorker({ env });
    expect(textOf(await answer)).toContain('Successfully moved');
    expect((await onlyAction(people)).action_id).toBe(action.action_id);
    expect([existsSync(source), readFileSync(destination, 'utf8')]).toEqual([false, 'once']);
    await second.close();
  }, 120_000);

  it('have an unknown outcome, in plain words, where api and worker were killed in the middle of a call', async () => {
    const server = await startMcpFake({ token: 's3cret' });
    const api = await fleet.startApi({ env });
    const worker = await fleet.startWorker({ env });
    const owner = await fleet.client(api);
    const id = await add(owner, [
      { prefix: 'bills', config: { url: server.address }, credentials: { token: 's3cret' } },
    ]);
    const call = { name: 'bills__send_invoice', arguments: { customer: 'Acme', cents: 500 } };
    const client = await connect(api.url, id);
    const broken = client.callTool(call).catch(() => undefined);
    const action = await until('the call to be an action', async () => {
      const { actions } = (await owner<{ actions: Action[] }>('GET', '/v1/actions')).body;
      return actions[0];
    });
    server.next('tools/call', httpFault.takesThenHangs());
    await decide(owner, action, { action: 'approve' });
    await until('the server to have the call', () => server.calls.length > 0);
    await Promise.all([api.kill(), worker.kill()]);
    await client.close().catch(() => undefined);
    await broken;

    const again = await fleet.startApi({ env });
    await fleet.startWorker({ env });
    const second = await connect(again.url, id);
    const answer = await second.callTool(call, { timeout: 60_000 });
    expect([answer.isError, textOf(answer)]).toEqual([
      true,
      expect.stringContaining(
        'send_invoice may have run: its outcome is unknown. Do not repeat it; ask a person to check.',
      ),
    ]);
    expect((await onlyAction(await fleet.client(again))).action_id).toBe(action.action_id);
    expect(server.calls).toHaveLength(1);
    await second.close();
    await server.close();
  }, 120_000);

  it('are not called when a person rejects, the agent cancels or the time is over', async () => {
    const api = await fleet.startApi({ env });
    await fleet.startWorker({ env });
    const owner = await fleet.client(api);
    const id = await add(owner, [{ prefix: 'memory', config: { server: 'memory' } }]);
    const client = await connect(api.url, id);
    const propose = async (name: string) => {
      const entities = [{ name, entityType: 'person', observations: [] }];
      const told = client.callTool({ name: 'memory__create_entities', arguments: { entities } }, { timeout: 60_000 });
      const action = await until('the call to be an action', async () => {
        const { actions } = (await owner<{ actions: Action[] }>('GET', '/v1/actions?status=pending_approval')).body;
        return actions[0];
      });
      return { told, action };
    };
    const rejected = await propose('Ann');
    await owner('POST', `/v1/actions/${rejected.action.action_id}/reject`, { comment: 'We know her.' });
    expect(textOf(await rejected.told)).toBe(
      'A person declined create_entities. It has not run. The reviewer says: We know her.',
    );
    const cancelled = await propose('Bea');
    await client.callTool({ name: 'proviso_cancel_action', arguments: { action_id: cancelled.action.action_id } });
    expect(textOf(await cancelled.told)).toBe('create_entities was cancelled. It has not run.');
    const expired = await propose('Cleo');
    await fleet.db.pool.query("update actions set expires_at = clock_timestamp() where status = 'pending_approval'");
    expect(textOf(await expired.told)).toBe('create_entities expired before it could run. It has not run.');
    expect(existsSync(path.join(folder, 'memory.jsonl'))).toBe(false);
    await client.close();
  }, 120_000);

  it('are reached again after they restarted', async () => {
    const port = await freePort();
    const first = fleet.own(await startEverything(port));
    const api = await fleet.startApi({ env });
    const owner = await fleet.client(api);
    const id = await add(owner, [{ prefix: 'everything', config: { url: `http://127.0.0.1:${port}/mcp` } }]);
    await acceptReads(owner, id);
    const client = await connect(api.url, id);
    const call = { name: 'everything__echo', arguments: { message: 'hello' } };
    expect(textOf(await client.callTool(call))).toBe('Echo: hello');
    await first.kill();
    expect((await client.callTool(call)).isError).toBe(true);
    fleet.own(await startEverything(port));
    expect(textOf(await client.callTool(call))).toBe('Echo: hello');
    await client.close();
  }, 120_000);
});

async function startEverything(port: number): Promise<Running> {
  const running = startProcess([serverFile('everything'), 'streamableHttp'], { PORT: String(port) });
  await until('the server to listen', async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/mcp`).catch(() => undefined);
    return reply ? true : undefined;
  });
  return running;
}
