import type { IncomingMessage, ServerResponse } from 'node:http';
import { CUT_OFF, isTooLarge, NOT_RAW, TOO_LARGE, Unreadable, type HostAnswer, type RawCall } from './answers.ts';

interface Answering {
  answer: (call: RawCall) => Promise<HostAnswer>;
  onError: (error: unknown) => void;
}
type Next = (error: unknown) => void;

/**
 * A handler for Express, Connect and node:http. An error after a tool may have run goes to `next`, or breaks the
 * connection.
 */
export const createExpressHandler =
  ({ answer, onError }: Answering) =>
  async (req: IncomingMessage & { body?: unknown }, res: ServerResponse, next?: Next): Promise<void> => {
    try {
      const header = (name: string): string | undefined => [req.headers[name]].flat()[0];
      const { status, body } = isTooLarge(header('content-length'))
        ? TOO_LARGE
        : await answer({ body: await rawBody(req), header });
      res.writeHead(status, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      if (error instanceof Unreadable) {
        onError(error);
        res.writeHead(error.answer.status, { 'content-type': 'application/json' }).end(error.answer.body);
      } else if (next) next(error);
      else res.destroy();
    }
  };

async function rawBody(req: IncomingMessage & { body?: unknown }): Promise<string> {
  if (req.body !== undefined) return parsedBody(req.body);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of req as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (isTooLarge(bytes)) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Unreadable(CUT_OFF);
  }
  if (isTooLarge(bytes)) throw new Unreadable(TOO_LARGE);
  return Buffer.concat(chunks).toString();
}

/** `express.raw()` and `express.text()` keep the signed bytes; `express.json()` does not. */
function parsedBody(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new Unreadable(NOT_RAW);
}
