// The server that the protocol's conformance suite asks for: its tools, resources and prompts, as far as a gateway
// passes them on.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  createMcpHandler,
  Server,
  type CallToolResult,
  type GetPromptResult,
  type ReadResourceResult,
  type Tool,
} from '@modelcontextprotocol/server';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=';
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };
const text = (words: string) => ({ type: 'text' as const, text: words });

const RESULTS: Record<string, CallToolResult> = {
  test_simple_text: { content: [text('This is a simple text response for testing.')] },
  test_image_content: { content: [image] },
  test_audio_content: { content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] },
  test_embedded_resource: {
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  },
  test_multiple_content_types: {
    content: [
      text('Multiple content types test:'),
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  },
  test_error_handling: { isError: true, content: [text('This tool intentionally returns an error for testing')] },
};

const SCHEMA_TOOL: Tool = {
  name: 'json_schema_2020_12_tool',
  description: 'Tool with JSON Schema 2020-12 features',
  inputSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
    },
    properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
    additionalProperties: false,
  },
};

const RESOURCES = [
  { uri: 'test://static-text', name: 'Static text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Static image', mimeType: 'image/png' },
];

function resourceAt(uri: string): ReadResourceResult {
  if (uri === 'test://static-text')
    return { contents: [{ ...RESOURCES[0]!, text: 'This is the content of the static text resource.' }] };
  if (uri === 'test://static-binary') return { contents: [{ ...RESOURCES[1]!, blob: PNG }] };
  const [, id] = /^test:\/\/template\/(.+)\/data$/.exec(uri) ?? [];
  const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
  return { contents: [{ uri, mimeType: 'application/json', text: data }] };
}

const required = (...names: string[]) => names.map((name) => ({ name, description: name, required: true }));
const PROMPTS = [
  { name: 'test_simple_prompt', description: 'A simple prompt' },
  { name: 'test_prompt_with_arguments', description: 'With arguments', arguments: required('arg1', 'arg2') },
  { name: 'test_prompt_with_embedded_resource', description: 'With a resource', arguments: required('resourceUri') },
  { name: 'test_prompt_with_image', description: 'With an image' },
];

type Content = GetPromptResult['messages'][number]['content'];

function contentsOf(name: string, given: Record<string, string>): Content[] {
  if (name === 'test_simple_prompt') return [text('This is a simple prompt for testing.')];
  if (name === 'test_prompt_with_image') return [image, text('Please analyze the image above.')];
  if (name === 'test_prompt_with_arguments')
    return [text(`Prompt with arguments: arg1='${given.arg1}', arg2='${given.arg2}'`)];
  const uri = given.resourceUri ?? '';
  const resource = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
  return [{ type: 'resource', resource }, text('Please process the embedded resource above.')];
}

function open(): Server {
  const capabilities = { tools: {}, resources: {}, prompts: {} };
  const server = new Server({ name: 'reference', version: '1.0.0' }, { capabilities });
  const plain = Object.keys(RESULTS).map((name): Tool => ({
    name,
    description: name,
    inputSchema: { type: 'object' },
  }));
  server.setRequestHandler('tools/list', () => ({ tools: [...plain, SCHEMA_TOOL] }));
  server.setRequestHandler('tools/call', ({ params: { name } }) => RESULTS[name] ?? { content: [] });
  server.setRequestHandler('resources/list', () => ({ resources: RESOURCES }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'Template' }],
  }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) => resourceAt(uri));
  server.setRequestHandler('prompts/list', () => ({ prompts: PROMPTS }));
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: given = {} } }) => ({
    messages: contentsOf(name, given).map((content) => ({ role: 'user' as const, content })),
  }));
  return server;
}

/** Serves it on this machine. */
export async function startReferenceServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const handler = createMcpHandler(open, { keepAliveMs: 0 });
  const http = createServer((request, response) => {
    void (async () => {
      const { method, headers } = request;
      const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
      const body = method === 'POST' ? await new Response(Readable.toWeb(request) as never).text() : undefined;
      const given = new Request(`http://reference.test${request.url}`, {
        headers: sent,
        ...(method && { method }),
        ...(body !== undefined && { body }),
      });
      const answer = await handler.fetch(given);
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    })();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const close = async (): Promise<void> => {
    await handler.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`, close };
}
