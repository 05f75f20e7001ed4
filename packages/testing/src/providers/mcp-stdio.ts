// An operator's program. It counts its calls in the given file.
import { appendFileSync } from 'node:fs';
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { SEND_INVOICE } from './mcp.ts';

const [file = ''] = process.argv.slice(2);

serveStdio(() => {
  const server = new Server({ name: 'Billing by hand', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools: [SEND_INVOICE] }));
  server.setRequestHandler('tools/call', ({ params }) => {
    appendFileSync(file, `${JSON.stringify({ ...params.arguments, leaked: process.env.SECRET_OF_OURS ?? null })}\n`);
    return { content: [{ type: 'text', text: 'Sent' }] };
  });
  return server;
});
