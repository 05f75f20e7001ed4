// What was sent and has not been taken stays in this process's memory: for UNREAD_MS at most, and up to a budget. Held by
// unread.test.ts.
import type { Request, Response } from 'express';

export interface UnreadLimits {
  /** How long a caller may take nothing of a reply. */
  unreadMs: number;
  /** Bytes of replies that wait to be taken, in this process. */
  bytesMax: number;
}

const LIMITS: UnreadLimits = { unreadMs: 30_000, bytesMax: 64 * 1024 * 1024 };
/** What the operating system takes by itself. */
const BYTES_MIN = 16 * 1024;

/**
 * Looks after each large reply from its end until it has been taken. Beyond the budget, the oldest reply of the workspace
 * that holds the most of it is dropped.
 */
export function boundUnread(given: Partial<UnreadLimits> = {}) {
  const { unreadMs, bytesMax } = { ...LIMITS, ...given };
  const unread = new Map<Response, number>();
  let bytes = 0;
  return (_req: Request, res: Response, next: () => void): void => {
    res.once('prefinish', () => {
      const held = res.writableLength;
      if (held < BYTES_MIN) return;
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

/** The workspace that was served; whoever has no valid token is known by the address. */
const ownerOf = ({ locals, req }: Response): unknown => (locals.workspaceId as unknown) ?? req.socket.remoteAddress;
