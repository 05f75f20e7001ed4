import { ProtocolError } from '@modelcontextprotocol/server';
import type { JsonObject } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import type { ConformanceFault } from '@proviso/testing/conformance';
import { httpFault, type HttpFault } from '@proviso/testing/providers/http-fake';
import { startMcpFake, type McpFake } from '@proviso/testing/providers/mcp';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { mcpToolCall } from '../../src/index.ts';
import { recordsOf } from '../records.ts';
import { leavesOf } from '../wire.ts';

export const TOKEN = 'mcp-s3cret';
export const CALL = { tool: 'send_invoice', arguments: { customer: 'Acme', cents: 4200 } };
export const settings = { allowPrivateAddresses: true };
export const executor = mcpToolCall(settings);

export const identityOf = (fake: McpFake | undefined, more: JsonObject = {}): IdentityView => ({
  id: 'id_1',
  provider: 'mcp',
  name: 'Billing',
  config: { url: fake?.address ?? 'http://127.0.0.1:1/mcp', ...more },
});

type Fake = McpFake & { effects(): number };
type Fault = ConformanceFault<Fake>;

const armed = (name: string, allowed: Fault['allowed'], at: string, fault: HttpFault): Fault => ({
  name,
  allowed,
  inject: (fake) => fake.next(at, fault),
});
const hanging = (name: string, allowed: Fault['allowed'], at: string, fault: HttpFault): Fault => ({
  name,
  allowed,
  hangs: true,
  inject(fake) {
    fake.next(at, fault);
    return { reached: fake.struck() };
  },
});
const stream = (event: string): HttpFault => ({
  ...httpFault.answers(200, event, { 'content-type': 'text/event-stream' }),
});

const HTML = { 'content-type': 'text/html' };
const page = `<!DOCTYPE html><html><body>nginx ${TOKEN}</body></html>`;
const said = (status: number): HttpFault => httpFault.answers(status, page, HTML);
const failed = { isError: true, content: [{ type: 'text' as const, text: `No funds for ${TOKEN}` }] };
/** Its library's server asks a client with no capabilities for nothing but another round. */
const asking: Parameters<Fake['answer']>[0] = { resultType: 'input_required', requestState: TOKEN };

const subjectOf = (legacy: boolean, idempotent: boolean): PipelineSubject<Fake> => ({
  executor,
  delivery: idempotent ? 'idempotent' : 'at_most_once',
  async startBackend() {
    const fake = await startMcpFake({ token: TOKEN, legacy, deduplicates: idempotent });
    return Object.assign(fake, { effects: () => fake.calls.length });
  },
  makeParams: () => structuredClone(CALL),
  makeIdentity: (fake) => ({
    identity: identityOf(fake, idempotent ? { idempotent_tools: ['send_invoice'] } : {}),
    credentials: { token: TOKEN },
    secrets: [TOKEN],
  }),
  records: () => recordsOf(),
  sent: ({ address, calls }) => [address, ...leavesOf(calls.map((call) => ({ ...call })))],
  faults: [
    { name: 'nobody listens', allowed: ['retry'], inject: (fake) => fake.refuseConnections() },
    ...[legacy ? 'initialize' : 'server/discover', 'tools/list'].flatMap((at) => [
      armed(`${at} is refused`, ['retry'], at, httpFault.answers(403)),
      armed(`${at} fails (5xx)`, ['retry'], at, httpFault.answers(503)),
      armed(`${at} is cut`, ['retry'], at, httpFault.cuts()),
      armed(`${at} gets half an answer`, ['retry'], at, httpFault.takesThenAnswersHalf()),
      hanging(`${at} hangs`, ['retry'], at, httpFault.hangs()),
    ]),
    armed('the call is refused', ['refused'], 'tools/call', httpFault.answers(403)),
    armed('the call is too much (429)', ['retry'], 'tools/call', httpFault.answers(429, {}, { 'retry-after': '7' })),
    armed('the session is gone (404)', ['retry'], 'tools/call', httpFault.answers(404)),
    armed('the call fails (5xx)', ['retry'], 'tools/call', httpFault.answers(503)),
    armed('the call is cut unhandled', ['unknown'], 'tools/call', httpFault.cutsUnread()),
    armed('the tool is called and the answer is lost', ['unknown'], 'tools/call', httpFault.takesThenCuts()),
    armed('the tool is called and half an answer comes', ['unknown'], 'tools/call', httpFault.takesThenAnswersHalf()),
    armed('the tool is called and the stream ends', ['unknown'], 'tools/call', { ...stream(': bye\n\n'), takes: true }),
    armed('the stream ends in the middle', ['unknown'], 'tools/call', {
      ...stream('id: 1\nretry: 1\ndata: \n\nid: 2\ndata: {"half'),
      takes: true,
    }),
    hanging('the tool is called and no answer comes', ['unknown'], 'tools/call', httpFault.takesThenHangs()),
    ...([-32_602, -32_601] as const).map((code): Fault => ({
      name: `the server answers ${code}: not carried out`,
      allowed: ['refused'],
      inject: (fake) => fake.answer(new ProtocolError(code, `no, ${TOKEN}`)),
    })),
    {
      name: 'the server answers -32603: something went wrong',
      allowed: ['unknown'],
      inject: (fake) => fake.answer(new ProtocolError(-32_603, `no, ${TOKEN}`)),
    },
    {
      name: 'the tool says that it failed',
      allowed: ['unknown'],
      says: 'No funds for [hidden]',
      inject: (fake) => fake.answer(failed),
    },
    {
      name: 'the tool acts, and says that it failed',
      allowed: ['unknown'],
      says: 'No funds for [hidden]',
      inject: (fake) => fake.answer(failed, { acts: true }),
    },
    {
      name: 'the tool says that it failed, and that nothing was done',
      allowed: ['refused'],
      says: 'No funds for [hidden]',
      inject: (fake) => fake.answer({ ...failed, _meta: { 'proviso.dev/nothing-done': true } }),
    },
    ...(legacy
      ? []
      : [
          {
            name: 'the tool asks for input',
            allowed: ['refused'] as const,
            says: 'asked for input, which an approved call cannot give',
            inject: (fake: Fake) => fake.answer(asking),
          },
        ]),
    ...(['HTML', 'nothing'] as const).map((what) => ({
      name: `a proxy answers the call with 200 and ${what}`,
      allowed: ['unknown'] as const,
      inject: (fake: Fake) => fake.next('tools/call', httpFault.answers(200, what === 'HTML' ? page : '', HTML)),
    })),
    ...([401, 403, 405, 413, 422] as const).map((status) =>
      armed(`a proxy answers the call with ${status} and HTML`, ['refused'], 'tools/call', said(status)),
    ),
    ...([408, 500, 502, 503, 504] as const).map((status) =>
      armed(`a proxy answers the call with ${status} and HTML`, ['retry'], 'tools/call', said(status)),
    ),
    {
      ...armed('a proxy says why', ['refused'], 'tools/call', httpFault.answers(422, { message: `No ${TOKEN}` })),
      says: 'No [hidden]',
    },
    {
      name: 'the tool repeats the token in its result',
      allowed: ['done'],
      inject: (fake) => fake.answer({ content: [{ type: 'text', text: `Done by ${TOKEN}` }] }),
    },
    {
      name: 'the result does not fit the output schema',
      allowed: ['done'],
      inject(fake) {
        Object.assign(fake.tools[0] ?? {}, { outputSchema: { type: 'object', required: ['paid'] } });
      },
    },
  ],
});

export const newest = subjectOf(false, false);
export const before2026 = subjectOf(true, false);
export const listedAsIdempotent = subjectOf(false, true);
