import type { JsonObject, JsonValue } from '@proviso/contracts';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startMcpFake, type McpFake } from '@proviso/testing/providers/mcp';
import { maskOf } from '../../src/masking.ts';
import { resultOutcome } from '../../src/mcp/outcome.ts';
import type { CallResult } from '../../src/mcp/session.ts';
import { mcp } from '../../src/providers/mcp.ts';
import { lookupContext, runOf } from '../records.ts';
import { CALL, executor, identityOf, settings, TOKEN } from '../subjects/mcp.ts';

describe('mcp_tool_call', () => {
  let fake: McpFake;
  beforeEach(async () => {
    fake = await startMcpFake({ token: TOKEN });
  });
  afterEach(() => fake.close());

  const lookup = (more: JsonObject = {}, token = TOKEN) =>
    lookupContext({}, { identity: identityOf(fake, more), openCredentials: async () => ({ token }) });
  const look = (params: JsonObject = CALL, ...[more, token]: Parameters<typeof lookup>) =>
    executor.readCurrent?.(params, lookup(more, token)) as Promise<JsonObject>;
  const verify = (token: string) =>
    mcp(settings).verify({
      config: { url: fake.address },
      credentials: { token },
      signal: new AbortController().signal,
    });
  const definitionNow = async () => executor.definition?.(await look());

  it('shows the tool, its server, each argument, and the server’s claims as claims', async () => {
    const preview = executor.preview(CALL, { identity: identityOf(fake), current: await look() });
    expect(preview).toEqual({
      title: 'Call send_invoice on Billing',
      fields: [
        { label: 'Server', value: fake.address },
        { label: 'Tool', value: 'send_invoice' },
        { label: 'Tool title', value: 'Send an invoice' },
        { label: 'arguments["cents"]', value: 4200 },
        { label: 'arguments["customer"]', value: 'Acme' },
        { label: 'When the answer is lost', value: 'it is not called again' },
        { label: 'Description', value: 'Sends an invoice to a customer.' },
        { label: 'Claims', value: { idempotentHint: true, readOnlyHint: true } },
        { label: 'Input schema', value: fake.tools[0]?.inputSchema },
      ],
      warnings: ['The tool’s title, description and claims are the server’s own words.'],
    });
  });

  it('returns the tool’s output, whatever short value a header of the identity has', async () => {
    const credentials = { token: TOKEN, headers: { 'X-Api-Version': '1', 'X-Api-Key': 'a"b\\c' } };
    fake.answer({
      content: [{ type: 'text', text: '{"sent":true,"count":1}' }],
      structuredContent: { sent: true, count: 1, 'a"b\\c': [`was ${TOKEN}`, JSON.stringify({ key: 'a"b\\c' })] },
    });
    expect(await executor.execute(runOf(CALL, { identity: identityOf(fake), credentials }))).toEqual({
      kind: 'done',
      result: {
        content: [{ type: 'text', text: '{"sent":true,"count":1}' }],
        structured_content: { sent: true, count: 1, '[hidden]': ['was [hidden]', '{"key":"[hidden]"}'] },
      },
    });
  });

  it('counts as one that may have happened if the tool acts and then fails, unless its server says nothing was done', async () => {
    const failed = { isError: true, content: [{ type: 'text' as const, text: 'The mail went out, and then this.' }] };
    const run = () => executor.execute(runOf(CALL, { identity: identityOf(fake), credentials: { token: TOKEN } }));
    fake.answer(failed, { acts: true });
    expect(await run()).toMatchObject({ kind: 'unknown', message: expect.stringContaining('The mail went out') });
    expect(fake.calls).toHaveLength(1);
    fake.answer({ ...failed, _meta: { 'proviso.dev/nothing-done': true } });
    expect(await run()).toMatchObject({ kind: 'refused' });
    expect(fake.calls).toHaveLength(1);
  });

  it('reports a question of the tool, and runs no further', () => {
    const account = { method: 'elicitation/create', params: { mode: 'form', message: `Whose account, ${TOKEN}?` } };
    const asked = { resultType: 'input_required', inputRequests: { account } } as unknown as CallResult;
    expect(resultOutcome(asked, maskOf({ token: TOKEN }))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('asked for input, which an approved call cannot give: Whose account, [hidden].'),
    });
  });

  it.each<[JsonObject, string]>([
    [{ tool: 'no_such_tool', arguments: {} }, 'params.tool'],
    [{ ...CALL, arguments: { customer: 'Acme' } }, 'params.arguments.cents'],
    [{ ...CALL, arguments: { customer: 'Acme', cents: 0 } }, 'params.arguments.cents'],
    [{ ...CALL, arguments: { customer: 'Acme', cents: 1, extra: true } }, 'params.arguments.extra'],
    [{ ...CALL, arguments: { customer: 'Acme', cents: 1, session_id: 's' } }, 'params.arguments.session_id'],
  ])('refuses %j at %s before review', async (params, path) => {
    await expect(look(params)).rejects.toMatchObject({ code: 'INVALID', details: [{ path }] });
  });

  it.each<[string, JsonObject]>([
    ['refers to somewhere else', { $ref: 'https://evil.test/schema' }],
    ['refers to nothing', { properties: { customer: { $ref: '#/$defs/none' } } }],
    ['is none', { properties: { customer: { minimum: 'x' } } }],
  ])('fetches and validates nothing if a schema %s, with a warning in the preview', async (_what, schema) => {
    Object.assign(fake.tools[0] ?? {}, { inputSchema: { type: 'object', ...schema } });
    const { warnings } = executor.preview(CALL, { identity: identityOf(fake), current: await look() });
    expect(warnings?.join()).toContain('were not validated by the whole input schema');
  });

  it.each<[string, object]>([
    ['a description that is null', { name: 'odd', description: null, inputSchema: { type: 'object' } }],
    ['no input schema', { name: 'odd' }],
    ['no name', { inputSchema: { type: 'object' } }],
    ['an input schema that is a list', { name: 'odd', inputSchema: [] }],
    [
      'annotations of the wrong kind',
      { name: 'odd', inputSchema: { type: 'object' }, annotations: { readOnlyHint: 1 } },
    ],
    ['nothing of a tool', 5 as never],
  ])('works next to a tool with %s', async (_what, odd) => {
    fake.invalidTools.push(odd);
    expect(await look()).toMatchObject({ definition: { name: 'send_invoice' } });
  });

  it('says what is wrong with a malformed tool, and lists it when the account is verified', async () => {
    fake.invalidTools.push({ name: 'odd', inputSchema: { type: 'array' } });
    await expect(look({ tool: 'odd', arguments: {} })).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path: 'params.tool', message: expect.stringContaining('inputSchema.type') as string }],
    });
    expect(await verify(TOKEN)).toEqual({
      ok: true,
      account: 'Billing, 1 tools, skipped, because their definitions are invalid: odd',
    });
  });

  it('shows in the preview which parts of the schema are not validated, and validates the rest', async () => {
    const properties = { customer: { type: 'string', pattern: '^(?!x)' }, cents: { type: 'integer', minimum: 1 } };
    Object.assign(fake.tools[0] ?? {}, { inputSchema: { type: 'object', properties } });
    const { warnings } = executor.preview(CALL, { identity: identityOf(fake), current: await look() });
    expect(warnings).toContainEqual(
      expect.stringContaining('not validated by the whole input schema: the pattern ^(?!x)'),
    );
    await expect(look({ ...CALL, arguments: { customer: 'Acme', cents: 0 } })).rejects.toMatchObject({
      details: [{ path: 'params.arguments.cents' }],
    });
  });

  it.each<[string, () => unknown, string]>([
    ['is away', () => fake.close(), TOKEN],
    ['never ends its list', () => fake.next('tools/list', httpFault.answers(200, 'x'.repeat(5_000_000))), TOKEN],
  ])('reports that the tools cannot be listed when the server %s', async (_name, arrange, token) => {
    await arrange();
    await expect(look(CALL, {}, token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('reports that the server refuses the credentials, and where to set them', async () => {
    await expect(look(CALL, {}, 'wrong')).rejects.toMatchObject({
      code: 'INVALID',
      details: [
        {
          path: 'identity_id',
          message: expect.stringMatching(/refuses the credentials \(HTTP 401\).*PATCH/) as string,
        },
      ],
    });
    fake.next('tools/list', httpFault.answers(403));
    await expect(look()).rejects.toMatchObject({ code: 'INVALID', details: [{ path: 'identity_id' }] });
    expect(await verify('wrong')).toEqual({ ok: false, message: 'The MCP server refuses the credentials (HTTP 401).' });
  });

  const schemaOf = (tool: JsonObject) => tool.inputSchema as JsonObject & { properties: Record<string, JsonObject> };

  it.each<[string, (tool: JsonObject) => unknown]>([
    ['another default of an argument', (tool) => (schemaOf(tool).properties.cents = { type: 'integer', default: 1 })],
    ['an argument more', (tool) => (schemaOf(tool).properties.description = { type: 'string' })],
    ['an argument that need not be given', (tool) => (schemaOf(tool).required = ['customer'])],
    ['arguments of any name', (tool) => (schemaOf(tool).additionalProperties = true)],
    ['the word that it destroys nothing', (tool) => (tool.annotations = { destructiveHint: false })],
    ['no word that it only reads', (tool) => (tool.annotations = {})],
  ])('has another meaning with %s', async (_part, change) => {
    const before = await definitionNow();
    change(fake.tools[0] as unknown as JsonObject);
    expect(await definitionNow()).not.toEqual(before);
  });

  it.each<[string, (tool: JsonObject) => unknown]>([
    ['another description', (tool) => (tool.description = `Called ${Math.random()} times`)],
    ['another title', (tool) => (tool.title = 'Harmless')],
    ['an output schema', (tool) => (tool.outputSchema = { type: 'object' })],
    [
      'a title among its annotations',
      (tool) => (tool.annotations = { ...(tool.annotations as JsonObject), title: 'x' }),
    ],
    [
      'what is so anyway',
      (tool) => (tool.annotations = { readOnlyHint: true, openWorldHint: true, destructiveHint: true }),
    ],
    ['its required arguments in another order', (tool) => (schemaOf(tool).required = ['cents', 'customer'])],
    [
      'its keys in another order',
      (tool) => (tool.inputSchema = Object.fromEntries(Object.entries(schemaOf(tool)).reverse())),
    ],
    [
      'another description of an argument',
      (tool) =>
        (schemaOf(tool).properties.customer = { type: 'string', description: 'Who, on Friday', examples: ['Acme'] }),
    ],
    ['a type as a list', (tool) => (schemaOf(tool).properties.customer = { type: ['string'] })],
  ])('has the same meaning with %s', async (_part, change) => {
    const before = await definitionNow();
    expect(before).toMatchObject({ name: 'send_invoice' });
    change(fake.tools[0] as unknown as JsonObject);
    expect(await definitionNow()).toEqual(before);
  });

  it.each<[string, JsonValue[], JsonValue]>([
    ['enum', ['Acme', 'b'], 'c'],
    ['type', ['string', 'null'], 'number'],
    ['anyOf', [{ const: 'Acme' }, { const: 'b', title: 'B' }], { const: 'c' }],
    ['oneOf', [{ const: 'Acme' }, { const: 'b', title: 'B' }], { const: 'c' }],
    ['allOf', [{ minLength: 1 }, { maxLength: 9 }], { maxLength: 8 }],
  ])('treats %s as a set', async (keyword, list, one) => {
    const meaningWith = async (value: JsonValue[]) => {
      const inputSchema = { type: 'object', properties: { customer: { [keyword]: value } } };
      Object.assign(fake.tools[0] ?? {}, { inputSchema });
      return definitionNow();
    };
    const before = await meaningWith(list);
    expect(await meaningWith(list.toReversed())).toEqual(before);
    expect(await meaningWith([...list, one])).not.toEqual(before);
  });

  it('is verified by the server that answers', async () => {
    expect(await verify(TOKEN)).toEqual({ ok: true, account: 'Billing, 1 tools' });
  });
});

describe('an mcp identity', () => {
  const atConfig = (config: JsonObject, more = {}) =>
    mcp(more).config.safeParse(config).error?.issues[0]?.path.join('.');

  it.each<[JsonObject, string | undefined]>([
    [{ url: 'https://mcp.example.com/mcp', idempotent_tools: ['a'] }, undefined],
    [{}, ''],
    [{ url: 'https://mcp.example.com', server: 'files' }, ''],
    [{ url: 'http://mcp.example.com' }, 'url'],
    [{ url: 'https://127.0.0.1/mcp' }, 'url'],
    [{ url: 'https://169.254.169.254/latest' }, 'url'],
    [{ url: 'https://user:pass@mcp.example.com' }, 'url'],
    [{ url: 'file:///etc/passwd' }, 'url'],
    [{ server: 'files' }, 'server'],
    [{ command: 'sh' }, ''],
  ])('with config %j: fault at %j', (config, at) => expect(atConfig(config)).toBe(at));

  it('can name a program only if the operator configured it', () => {
    expect(atConfig({ server: 'files' }, { mcpServers: { files: { command: 'x' } } })).toBeUndefined();
  });

  it.each([{ headers: { Host: 'x' } }, { headers: { 'mcp-session-id': 'x' } }, { headers: { 'x-a': 'a\r\nb: c' } }])(
    'refuses the header %j',
    (credentials) => expect(mcp().credentials?.safeParse(credentials).success).toBe(false),
  );
});
