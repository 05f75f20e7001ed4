import { once } from 'node:events';
import type { Response } from 'express';

const COMMENT_MS = 15_000;
/** How long a caller may take nothing of what was sent. */
const STUCK_MS = 30_000;
/** How long the end of a stream may take to get through. */
const LINGER_MS = 5_000;

/** One message of `text/event-stream`; `data` is JSON on one line. */
export interface Message {
  id: string;
  event: string;
  data: string;
}

/** Sends messages as they come, as fast as the caller takes them, and a comment now and then, until they end. */
export async function sendMessages(res: Response, messages: AsyncIterable<Message>, gone: AbortSignal): Promise<void> {
  res.set({
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Connection: 'close',
  });
  res.flushHeaders();
  if (res.req.method === 'HEAD') return void res.end();
  const comments = setInterval(() => res.write(':\n\n'), COMMENT_MS);
  try {
    for await (const { id, event, data } of messages) {
      const taken = res.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`) || (await drained(res, gone));
      if (!taken) return void res.destroy();
    }
  } finally {
    clearInterval(comments);
  }
  res.end();
  setTimeout(() => res.destroy(), LINGER_MS).unref();
}

const drained = (res: Response, gone: AbortSignal): Promise<boolean> =>
  once(res, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(STUCK_MS)]) }).then(
    () => true,
    () => false,
  );
