import { nextSlice } from '@proviso/core';
import type { Response } from 'express';

const COMMENT_MS = 15_000;
/** How long a caller may leave what was sent unread. */
const STUCK_MS = 20_000;
/** How long the last bytes of a stream may take to arrive. */
const LINGER_MS = 5_000;

/** One message or line of a stream, in pieces that several listeners may share. Its data is JSON on one line. */
export type Message = readonly (string | Buffer)[];

/**
 * Sends messages as fast as the caller reads them, until they end; between events, with a comment now and then. At most
 * one message is unread.
 */
export async function sendMessages(
  res: Response,
  messages: AsyncIterable<Message>,
  { gone, type }: { gone: AbortSignal; type: 'text/event-stream' | 'application/x-ndjson' },
): Promise<void> {
  res.set({
    'Content-Type': type,
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Connection: 'close',
  });
  res.flushHeaders();
  if (res.req.method === 'HEAD') return void res.end();
  const comments = setInterval(() => {
    if (type === 'text/event-stream' && res.writableLength === 0) res.write(':\n\n'); // whoever has not taken the last one gets no more
  }, COMMENT_MS);
  try {
    for await (const message of messages) {
      await nextSlice();
      res.cork();
      for (const piece of message) res.write(piece);
      res.uncork();
      if (res.writableNeedDrain && !(await drained(res, gone))) return void res.destroy();
    }
  } finally {
    clearInterval(comments);
  }
  res.end();
  setTimeout(() => res.destroy(), LINGER_MS).unref();
}

/**
 * False: the caller read nothing for too long, or is gone. Uses its own timer, because the garbage collector may take
 * one of AbortSignal.any.
 */
function drained(res: Response, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (taken: boolean): void => {
      clearTimeout(timer);
      res.off('drain', take);
      gone.removeEventListener('abort', leave);
      resolve(taken);
    };
    const take = (): void => settle(true);
    const leave = (): void => settle(false);
    const timer = setTimeout(leave, STUCK_MS);
    res.once('drain', take);
    gone.addEventListener('abort', leave);
    if (gone.aborted) leave();
  });
}
