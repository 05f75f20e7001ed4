import type { JsonObject } from '@proviso/contracts';
import { gated } from '@proviso/sdk';
import { gateTools as gateAiTools, hostTools as hostAiTools } from '@proviso/sdk/ai';
import { gateTools as gateLangchainTools, hostTools as hostLangchainTools } from '@proviso/sdk/langchain';
import { CALL_ID, gateClient, hostTools as hostMcpTools } from '@proviso/sdk/mcp';
import { gateTools as gateAgentsTools, hostTools as hostAgentsTools } from '@proviso/sdk/openai-agents';
import { tool as langchainTool } from '@langchain/core/tools';
import { Client as McpClient, InMemoryTransport as ClientTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import * as agents from '@openai/agents';
import { generateText, stepCountIs, tool as aiTool } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { AIMessage, createAgent, fakeModel } from 'langchain';
import { openSdkFixture, startService, refundInput, type SdkFixture, type RunningService } from './sdk-fixture.ts';

const PROPOSED = { order: '4711', amount: 500 };
const APPROVED = { order: '4711', amount: 50 };

let service: RunningService;
let fixture: SdkFixture;
beforeAll(async () => {
  service = await startService();
}, 60_000);
afterAll(() => service.close());
beforeEach(async () => {
  fixture = await openSdkFixture(service);
});
afterEach(() => fixture.close());

const gate = () => ({ client: fixture.agent, mode: 'wait', waitMs: 30_000, context: { sessionId: 's-1' } }) as const;

/**
 * Each agent is a real loop with a scripted model: it calls the tool, and repeats what it read in its final message.
 */
describe('an agent whose write was approved with an edit reads what really happened, and it happened once', () => {
  async function judge(run: Promise<string>): Promise<void> {
    const approve = async () => {
      const { id, paramsHash } = await fixture.proposal();
      await fixture.person.pendingActions.approve(id, { userEdits: { amount: 50 }, paramsHash });
    };
    const [words] = await Promise.all([run, approve()]);
    expect(JSON.parse(words)).toMatchObject({
      status: 'completed',
      tool_name: 'refund',
      edited: true,
      changed_fields: ['amount'],
      final_input: APPROVED,
      result: { refunded: 50, order: '4711' },
    });
    expect(fixture.refunds).toEqual([APPROVED]);
    const { items, total } = await fixture.person.pendingActions.list();
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ status: 'executed', toolInput: PROPOSED, sessionId: 's-1' });
  }

  it('with the Vercel AI SDK', async () => {
    const tools = {
      refund: aiTool({
        description: 'Refunds an order.',
        inputSchema: refundInput,
        execute: (input) => fixture.refund(input),
      }),
    };
    fixture.host(hostAiTools(tools));
    const usage = { inputTokens: tokens, outputTokens: { total: 1, text: 1, reasoning: undefined } };
    const model = new MockLanguageModelV3({
      doGenerate: async ({ prompt }) => {
        const last = prompt.at(-1);
        const read = last?.role === 'tool' && last.content[0]?.type === 'tool-result' && last.content[0].output;
        const content = read
          ? ({ type: 'text', text: JSON.stringify(read.type === 'json' && read.value) } as const)
          : ({
              type: 'tool-call',
              toolCallId: 'call_1',
              toolName: 'refund',
              input: JSON.stringify(PROPOSED),
            } as const);
        const finishReason = { unified: read ? 'stop' : 'tool-calls', raw: undefined } as const;
        return { content: [content], finishReason, usage, warnings: [] };
      },
    });
    const run = generateText({
      model,
      tools: gateAiTools(tools, gate()),
      prompt: 'Refund order 4711.',
      stopWhen: stepCountIs(3),
    });
    await judge(run.then(({ text }) => text));
  }, 60_000);

  it('with OpenAI Agents', async () => {
    const refund = agents.tool({
      name: 'refund',
      description: 'Refunds an order.',
      parameters: refundInput,
      errorFunction: null,
      execute: async (input) => fixture.refund(input),
    });
    fixture.host(await hostAgentsTools([refund], new agents.RunContext()));
    const model: agents.Model = {
      getResponse: async ({ input }) => {
        const read = Array.isArray(input) && input.find((item) => item.type === 'function_call_result');
        const output: agents.AgentOutputItem = read
          ? {
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: (read.output as { text: string }).text }],
            }
          : {
              type: 'function_call',
              callId: 'call_1',
              name: 'refund',
              status: 'completed',
              arguments: JSON.stringify(PROPOSED),
            };
        return { usage: new agents.Usage(), output: [output] };
      },
      getStreamedResponse: () => {
        throw new Error('this run does not stream');
      },
    };
    const agent = new agents.Agent({ name: 'Ada', model, tools: gateAgentsTools([refund], gate()) });
    const runner = new agents.Runner({ tracingDisabled: true });
    await judge(runner.run(agent, 'Refund order 4711.').then(({ finalOutput }) => String(finalOutput)));
  }, 60_000);

  it('with LangChain', async () => {
    const refund = langchainTool((input: JsonObject) => fixture.refund(input), {
      name: 'refund',
      description: 'Refunds an order.',
      schema: refundInput,
    });
    fixture.host(hostLangchainTools([refund]));
    const model = fakeModel()
      .respondWithTools([{ name: 'refund', args: PROPOSED, id: 'call_1' }])
      .respond((messages) => new AIMessage(messages.at(-1)?.text ?? ''));
    const agent = createAgent({ model, tools: gateLangchainTools([refund], gate()) });
    const run = agent.invoke({ messages: [{ role: 'user', content: 'Refund order 4711.' }] });
    await judge(run.then(({ messages }) => messages.at(-1)?.text ?? ''));
  }, 60_000);

  it('with an MCP client and its server', async () => {
    const server = new McpServer({ name: 'shop', version: '1' });
    const config = { description: 'Refunds an order.', inputSchema: refundInput };
    server.registerTool('refund', config, (input) => ({ content: [], structuredContent: fixture.refund(input) }));
    server.registerTool('price', { ...config, annotations: { readOnlyHint: true } }, () => ({
      content: [{ type: 'text', text: '500' }],
    }));
    const client = new McpClient({ name: 'Ada', version: '1' });
    const [here, there] = ClientTransport.createLinkedPair();
    await Promise.all([server.connect(there), client.connect(here)]);
    fixture.host(await hostMcpTools(client));

    const tools = gateClient(client, { ...gate(), trustHints: true });
    const described = (await tools.listTools()).tools.map(({ name, description }) => [name, description]);
    expect(described).toEqual([
      ['refund', expect.stringContaining('A person approves each call.')],
      ['price', 'Refunds an order.'],
    ]);
    const price = await tools.callTool({ name: 'price', arguments: PROPOSED });
    expect(price.content).toEqual([{ type: 'text', text: '500' }]);
    const call = { name: 'refund', arguments: PROPOSED, _meta: { [CALL_ID]: 'call_1' } };
    await judge(tools.callTool(call).then(({ content }) => (content[0] as { text: string }).text));
    await client.close();
  }, 60_000);
});

describe('a gated write', () => {
  const refund = {
    name: 'refund',
    execute: (input: typeof PROPOSED) => fixture.refund(input),
  };
  const shownPreview = { title: 'Refund 4711', fields: [{ label: 'Amount', value: 500 }] };

  it('that is repeated is one proposal, with the preview that the tool rendered', async () => {
    const tool = gated(refund, { ...gate(), mode: 'submit', access: 'write', preview: () => shownPreview });
    const calls = Array.from({ length: 5 }, () => tool.execute(PROPOSED, { callId: 'call_1' }));
    const answers = await Promise.all(calls);
    const { id, preview } = await fixture.proposal();
    expect(new Set(answers.map(({ pending_action_id }) => pending_action_id))).toEqual(new Set([id]));
    expect(preview).toEqual(shownPreview);
    expect((await fixture.person.pendingActions.list()).total).toBe(1);
  }, 30_000);

  it('whose tool throws may have happened, and the agent is told not to repeat it', async () => {
    const broken = {
      name: 'refund',
      execute(input: typeof PROPOSED): never {
        fixture.refund(input);
        throw new Error('the line went dead');
      },
    };
    fixture.host([broken]);
    const answer = gated(broken, { ...gate(), access: 'write' }).execute(PROPOSED);
    const { id, paramsHash } = await fixture.proposal();
    await fixture.person.pendingActions.approve(id, { paramsHash });
    expect(await answer).toMatchObject({
      status: 'failed',
      error: { code: 'outcome_unknown' },
      message: 'refund may have run: the outcome is unknown. Do not repeat it.',
    });
    expect(fixture.refunds).toEqual([PROPOSED]);
  }, 30_000);
});

const tokens = { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined };
