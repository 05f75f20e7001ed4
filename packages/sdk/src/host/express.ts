import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTooLarge, TOO_LARGE, type HostAnswer } from './answers.ts';
import type { RawCall } from './tool-host.ts';

type Answering = (call: RawCall) => Promise<HostAnswer>;
type Next = (error: unknown) => void;

/** A handler for Express, Connect and node:http. What goes wrong here goes to `next`, or breaks the connection. */
export const expressFlavour =
  (answer: Answering) =>
  async (req: IncomingMessage & { body?: unknown }, res: ServerResponse, next?: Next): Promise<void> => {
    try {
      const header = (name: string): string | undefined => [req.headers[name]].flat()[0];
      const { status, body } = isTooLarge(header('content-length'))
        ? TOO_LARGE
        : await answer({ body: await rawBody(req), header });
      res.writeHead(status, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      if (!next) return void res.destroy();
      next(error);
    }
  };

async function rawBody(req: IncomingMessage & { body?: unknown }): Promise<string> {
  if (req.body !== undefined) return parsedBody(req.body);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (isTooLarge(bytes)) throw new RangeError('The body is larger than a call.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** `express.raw()` and `express.text()` keep what was signed; `express.json()` does not. */
function parsedBody(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new TypeError('toolHost needs the raw body: mount it before express.json().');
}
