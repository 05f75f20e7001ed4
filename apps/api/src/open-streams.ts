import { AppError, type Caller } from '@proviso/core';

/** Each stream takes memory and a socket for as long as it lasts. */
const OF_TOKEN_MAX = 32;
/** One limit for a workspace's people and the same for its keys, so that agents cannot take people's streams. */
const OF_WORKSPACE_MAX = 100;

/** Counts the event streams that this process has open, in both dialects. */
export interface OpenStreams {
  /** Counts a new stream; call the result when it ends. Throws RATE_LIMITED. */
  take(caller: Caller): () => void;
}

export interface StreamLimits {
  ofToken: number;
  ofWorkspace: number;
}

export function createOpenStreams({
  ofToken = OF_TOKEN_MAX,
  ofWorkspace = OF_WORKSPACE_MAX,
}: Partial<StreamLimits> = {}): OpenStreams {
  const open = new Map<string, number>();
  const count = (of: string, change: 1 | -1): void => {
    const now = (open.get(of) ?? 0) + change;
    if (now === 0) open.delete(of);
    else open.set(of, now);
  };
  return {
    take: ({ tokenId, workspaceId, person }) => {
      const whose = person ? 'people' : 'keys';
      const all = `${workspaceId} ${whose}`;
      if ((open.get(tokenId) ?? 0) >= ofToken) throw refusal(`this token has ${ofToken}`);
      if ((open.get(all) ?? 0) >= ofWorkspace) throw refusal(`the ${whose} of the workspace have ${ofWorkspace}`);
      count(tokenId, 1);
      count(all, 1);
      return () => {
        count(tokenId, -1);
        count(all, -1);
      };
    },
  };
}

const refusal = (why: string): AppError =>
  new AppError('RATE_LIMITED', `Too many event streams are open: ${why}. Close one first, or share one.`);
