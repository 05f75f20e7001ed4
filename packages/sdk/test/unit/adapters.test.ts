import { tool as langchainTool } from '@langchain/core/tools';
import { Client as McpClient, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { RunContext, tool as agentsTool } from '@openai/agents';
import { jsonSchema, tool as aiTool } from 'ai';
import { z } from 'zod';
import * as ai from '../../src/adapters/ai.ts';
import * as langchain from '../../src/adapters/langchain.ts';
import * as mcp from '../../src/adapters/mcp.ts';
import { gateServer } from '../../src/adapters/mcp-server.ts';
import * as openai from '../../src/adapters/openai-agents.ts';
import { originalOf, ToolRefused, type GateSet, type HostedTool } from '../../src/index.ts';
import { startFakeServer, json } from './fake-server.ts';

const WORKSPACE = '0190b0d0-0000-7000-8000-000000000001';
const inputSchema = z.object({ order: z.string() });
const INPUT = { order: '4711' };
const QUEUED = { status: 'queued', pending_action_id: 'pa-1', tool_name: 'refund' };

let server: Awaited<ReturnType<typeof startFakeServer>>;
let gate: GateSet;
let runs: unknown[];
const refund = (input: unknown) => {
  runs.push(input);
  return { refunded: input };
};
beforeEach(async () => {
  runs = [];
  server = await startFakeServer(json(201, { id: 'pa-1', status: 'pending' }));
  gate = { client: server.client({ workspaceId: WORKSPACE }), access: { price: 'read' } };
});
afterEach(() => server.close());

const proposals = () => server.seen.map(({ body }) => body);
const proposal = { toolName: 'refund', toolInput: INPUT, metadata: { tool_call_id: 'call_1' } };
const callHosted = (hosted: HostedTool[], input: unknown) => hosted[0]?.execute(input as never, { callId: 'act_1' });

describe('tools of the Vercel AI SDK', () => {
  const make = () => ({
    refund: aiTool({
      description: 'Refunds.',
      inputSchema,
      execute: refund,
      toModelOutput: () => ({ type: 'text', value: '' }),
    }),
    price: aiTool({ inputSchema, execute: () => 500 }),
  });
  const options = { toolCallId: 'call_1', messages: [] };

  it('propose a write with its call id, and pass a read through', async () => {
    const tools = make();
    const gated = ai.gateTools(tools, gate);
    expect(await gated.refund.execute?.(INPUT, options)).toMatchObject(QUEUED);
    expect(await gated.price.execute?.(INPUT, options)).toBe(500);
    expect(proposals()).toEqual([{ workspaceId: WORKSPACE, ...proposal }]);
    expect(runs).toEqual([]);
    expect(gated.price).toBe(tools.price);
    expect(originalOf(gated.refund)).toBe(tools.refund);
  });

  it('tell the model about the approval, and show it the result unchanged', () => {
    const { refund: gated } = ai.gateTools(make(), gate);
    expect(gated.description).toMatch(/^Refunds\.\nA person approves each call\./);
    expect(gated.toModelOutput).toBeUndefined();
  });

  it('that run elsewhere cannot be gated', () => {
    const remote = { remote: aiTool({ inputSchema, outputSchema: inputSchema }) };
    expect(() => ai.gateTools(remote, gate)).toThrow('remote has no execute');
  });

  it.each([
    ['a Standard Schema', inputSchema],
    [
      'a schema of its own',
      jsonSchema(z.toJSONSchema(inputSchema) as object, {
        validate: (value) => {
          const { success, data, error } = inputSchema.safeParse(value);
          return success ? { success, value: data } : { success, error };
        },
      }),
    ],
    ['a schema that is made when needed', () => inputSchema as never],
  ])('are hosted behind %s, which can refuse a call', async (_, schema) => {
    const hosted = ai.hostTools(
      ai.gateTools({ refund: aiTool({ inputSchema: schema as typeof inputSchema, execute: refund }) }, gate),
    );
    expect(await callHosted(hosted, INPUT)).toEqual({ refunded: INPUT });
    await expect(callHosted(hosted, { order: 4711 })).rejects.toBeInstanceOf(ToolRefused);
    expect(runs).toEqual([INPUT]);
  });

  it('are hosted with the host’s context, and refused if they need one that is missing', async () => {
    const seen: unknown[] = [];
    const tools = {
      refund: aiTool({
        inputSchema,
        execute: (input, { experimental_context }) => {
          seen.push(experimental_context);
          return input;
        },
      }),
    };
    expect(() => ai.hostTools(ai.gateTools(tools, gate))).toThrow('refund reads experimental_context');
    await callHosted(ai.hostTools(ai.gateTools(tools, gate), { context: { tenant: 7 } }), INPUT);
    expect(seen).toEqual([{ tenant: 7 }]);
  });

  it('that stream are hosted with their last value', async () => {
    const slow = aiTool({
      inputSchema,
      async *execute() {
        yield 'on it';
        yield 'done';
      },
    });
    expect(await callHosted(ai.hostTools({ slow }), INPUT)).toBe('done');
  });
});

describe('tools of OpenAI Agents', () => {
  const make = (errorFunction?: null) => {
    const base = { description: 'Refunds.', parameters: inputSchema, ...(errorFunction === null && { errorFunction }) };
    return [
      agentsTool({ ...base, name: 'refund', execute: async (input) => refund(input) }),
      agentsTool({ ...base, name: 'price', execute: async () => 500 }),
    ];
  };
  const details = { toolCall: { type: 'function_call', callId: 'call_1', name: 'refund', arguments: '' } } as const;

  it('propose a write with its call id, and pass a read through', async () => {
    const tools = make();
    const [write, read] = openai.gateTools(tools, gate);
    expect(await write?.invoke(new RunContext(), JSON.stringify(INPUT), details)).toMatchObject(QUEUED);
    expect(await read?.invoke(new RunContext(), JSON.stringify(INPUT), details)).toBe(500);
    expect(proposals()).toEqual([{ workspaceId: WORKSPACE, ...proposal }]);
    expect(runs).toEqual([]);
    expect(read).toBe(tools[1]);
    expect(write?.description).toContain('A person approves each call.');
  });

  it('are hosted if their failures are visible, and refused if they look like results', async () => {
    const hosted = await openai.hostTools(openai.gateTools(make(null), gate), new RunContext());
    expect(await callHosted(hosted, INPUT)).toEqual({ refunded: INPUT });
    await expect(callHosted(hosted, { order: 4711 })).rejects.toBeInstanceOf(ToolRefused);
    expect(runs).toEqual([INPUT]);
    await expect(openai.hostTools(make(), new RunContext())).rejects.toThrow('refund needs errorFunction: null');
  });
});

describe('tools of LangChain', () => {
  const make = () => [
    langchainTool(refund, { name: 'refund', description: 'Refunds.', schema: inputSchema }),
    langchainTool(() => '500', { name: 'price', schema: inputSchema }),
  ];
  const call = (name: string, args: Record<string, unknown> = INPUT) =>
    ({ type: 'tool_call', id: 'call_1', name, args }) as const;

  it('propose a write with its call id, and pass a read through', async () => {
    const tools = make();
    const [write, read] = langchain.gateTools(tools, gate);
    const message = await write?.invoke(call('refund'));
    expect(message).toMatchObject({ tool_call_id: 'call_1' });
    expect(JSON.parse(message?.text ?? '')).toMatchObject(QUEUED);
    expect(await read?.invoke(call('price'))).toMatchObject({ content: '500' });
    expect(proposals()).toEqual([{ workspaceId: WORKSPACE, ...proposal }]);
    expect(runs).toEqual([]);
    expect(read).toBe(tools[1]);
    expect(write?.description).toContain('A person approves each call.');
    expect(tools[0]?.description).toBe('Refunds.');
  });

  it('propose nothing that their schema refuses', async () => {
    const [write] = langchain.gateTools(make(), gate);
    await expect(write?.invoke(call('refund', { order: 4711 }))).rejects.toThrow('did not match');
    expect(proposals()).toEqual([]);
  });

  it('are hosted behind their schema', async () => {
    const hosted = langchain.hostTools(langchain.gateTools(make(), gate));
    expect(await callHosted(hosted, INPUT)).toEqual({ refunded: INPUT });
    await expect(callHosted(hosted, { order: 4711 })).rejects.toBeInstanceOf(ToolRefused);
    expect(runs).toEqual([INPUT]);
  });
});

it('tools of LangChain are hosted with the config that the host gives', async () => {
  const seen: unknown[] = [];
  const reading = langchainTool(
    (_: unknown, config: { configurable?: unknown }) => void seen.push(config.configurable),
    {
      name: 'refund',
      schema: inputSchema,
    },
  );
  await callHosted(langchain.hostTools([reading], { configurable: { tenant: 7 } }), INPUT);
  expect(seen).toEqual([{ tenant: 7 }]);
});

describe('tools of an MCP server', () => {
  async function connect() {
    const mcpServer = new McpServer({ name: 'shop', version: '1' });
    const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });
    mcpServer.registerTool('refund', { inputSchema, outputSchema: z.object({ refunded: z.unknown() }) }, (input) => ({
      content: [],
      structuredContent: refund(input),
    }));
    mcpServer.registerTool('stock', { inputSchema, annotations: { readOnlyHint: true } }, () => text('3'));
    mcpServer.registerTool('price', { inputSchema }, () => text('500'));
    mcpServer.registerTool('broken', { inputSchema }, () => ({ ...text('No.'), isError: true }));
    const client = new McpClient({ name: 'Ada', version: '1' });
    const [here, there] = InMemoryTransport.createLinkedPair();
    await Promise.all([mcpServer.connect(there), client.connect(here)]);
    return client;
  }
  const call = (name: string) => ({ name, arguments: INPUT, _meta: { [mcp.CALL_ID]: 'call_1' } });

  it('propose a write with its call id, and pass a read through', async () => {
    const gated = mcp.gateClient(await connect(), { ...gate, trustHints: true });
    expect((await gated.callTool(call('refund'))).structuredContent).toMatchObject(QUEUED);
    expect((await gated.callTool(call('stock'))).content).toEqual([{ type: 'text', text: '3' }]);
    expect((await gated.callTool(call('price'))).content).toEqual([{ type: 'text', text: '500' }]);
    expect(proposals()).toEqual([{ workspaceId: WORKSPACE, ...proposal }]);
    expect(runs).toEqual([]);
    const refundTool = (await gated.listTools()).tools.find(({ name }) => name === 'refund');
    expect(refundTool?.description).toContain('A person approves each call.');
    expect(refundTool?.outputSchema).toBeUndefined();
  });

  it.each<[string, string, Partial<mcp.McpGate>]>([
    ['a tool that does not exist', 'nothing', {}],
    ['a tool that only claims to read', 'stock', {}],
    ['a tool that is a write whatever its hint', 'stock', { trustHints: true, access: { stock: 'write' } }],
  ])('propose %s as a write', async (_, name, more) => {
    const gated = mcp.gateClient(await connect(), { ...gate, ...more });
    await gated.callTool(call(name));
    expect(proposals()).toMatchObject([{ toolName: name }]);
  });

  it('return their result when hosted, and fail with their error', async () => {
    const hosted = await mcp.hostTools(mcp.gateClient(await connect(), gate));
    const run = (name: string) => hosted.find((tool) => tool.name === name)?.execute(INPUT as never);
    expect(await run('refund')).toEqual({ refunded: INPUT });
    expect(await run('stock')).toEqual({ content: [{ type: 'text', text: '3' }] });
    await expect(run('broken')).rejects.toThrow('The tool answers an error');
  });
});

describe('tools that an MCP server offers', () => {
  async function offer() {
    const mcpServer = new McpServer({ name: 'shop', version: '1' });
    const gated = gateServer(mcpServer, gate);
    gated.registerTool('refund', { inputSchema, outputSchema: z.object({ refunded: z.unknown() }) }, (input) => ({
      content: [],
      structuredContent: refund(input),
    }));
    gated.registerTool('stock', { annotations: { readOnlyHint: true } }, () => ({
      content: [{ type: 'text', text: '3' }],
    }));
    gated.registerTool('restock', {}, () => ({ content: [], structuredContent: refund('all') }));
    const client = new McpClient({ name: 'Ada', version: '1' });
    const [here, there] = InMemoryTransport.createLinkedPair();
    await Promise.all([mcpServer.connect(there), client.connect(here)]);
    return { client, hosted: gated.hosted };
  }

  it('propose a write under the id of its call, and answer a read', async () => {
    const { client } = await offer();
    const meta = { [mcp.CALL_ID]: 'call_1' };
    const answer = await client.callTool({ name: 'refund', arguments: INPUT, _meta: meta });
    expect(answer.structuredContent).toMatchObject(QUEUED);
    expect((await client.callTool({ name: 'stock' })).content).toEqual([{ type: 'text', text: '3' }]);
    expect((await client.callTool({ name: 'restock' })).structuredContent).toMatchObject({ status: 'queued' });
    expect(proposals()).toMatchObject([proposal, { toolName: 'restock', toolInput: {} }]);
    expect(runs).toEqual([]);
  });

  it('are hosted as they were registered', async () => {
    const { hosted } = await offer();
    expect(hosted.map(({ name }) => name)).toEqual(['refund', 'restock']);
    expect(await callHosted(hosted, INPUT)).toEqual({ refunded: INPUT });
    await expect(callHosted(hosted, { order: 4711 })).rejects.toBeInstanceOf(ToolRefused);
    expect(await hosted[1]?.execute({} as never)).toEqual({ refunded: 'all' });
    expect(runs).toEqual([INPUT, 'all']);
  });
});
