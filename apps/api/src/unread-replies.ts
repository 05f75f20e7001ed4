// Unread replies stay in this process's memory, for at most `unreadMs` and up to a budget. Held by unread-replies.test.ts.
import type { Request, Response } from 'express';

export interface UnreadLimits {
  /** How long a caller may leave a reply unread. */
  unreadMs: number;
  /** Bytes of unread replies in this process. */
  bytesMax: number;
}

const LIMITS: UnreadLimits = { unreadMs: 30_000, bytesMax: 64 * 1024 * 1024 };
/** The operating system buffers this much itself. */
const TRACKED_BYTES_MIN = 16 * 1024;

/**
 * Watches each large reply from its end until it has been read. Over the budget, drops the oldest reply of the
 * workspace that holds the most.
 */
export function limitUnread(given: Partial<UnreadLimits> = {}) {
  const { unreadMs, bytesMax } = { ...LIMITS, ...given };
  const unread = new Map<Response, number>();
  let bytes = 0;
  return (_req: Request, res: Response, next: () => void): void => {
    res.once('prefinish', () => {
      const held = res.writableLength;
      if (held < TRACKED_BYTES_MIN) return;
      unread.set(res, held);
      bytes += held;
      res.setTimeout(unreadMs, () => res.destroy());
      res.once('close', () => {
        unread.delete(res);
        bytes -= held;
      });
      if (bytes > bytesMax) oldestOfGreediest(unread)?.destroy();
    });
    next();
  };
}

function oldestOfGreediest(unread: ReadonlyMap<Response, number>): Response | undefined {
  const bytesOf = new Map<unknown, number>();
  for (const [res, held] of unread) bytesOf.set(ownerOf(res), (bytesOf.get(ownerOf(res)) ?? 0) + held);
  const [greediest] = [...bytesOf].toSorted(([, one], [, other]) => other - one)[0] ?? [];
  return [...unread.keys()].find((res) => ownerOf(res) === greediest);
}

/** The workspace of the reply; a caller without a valid token is identified by address. */
const ownerOf = ({ locals, req }: Response): unknown => (locals.workspaceId as unknown) ?? req.ip;
