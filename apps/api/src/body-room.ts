// The memory that bodies use while they are read and processed, bounded against slow and parallel senders. Held by
// body-room.test.ts.
import { AppError } from '@proviso/core';

const MIB = 1024 * 1024;
const TOTAL_BYTES_MAX = 64 * MIB;
/** Per token: a few bulks at a time, and a quarter of the total. */
const TOKEN_BYTES_MAX = 16 * MIB;

/** The share of one request. */
export interface BodyShare {
  /** Throws UNAVAILABLE if there is no memory left for this many bytes. */
  take: (bytes: number) => void;
  /** Releases all of it. */
  end: () => void;
}

export function createBodyRoom(): (tokenId: string) => BodyShare {
  const taken = new Map<string, number>();
  let total = 0;
  const add = (tokenId: string, bytes: number): void => {
    total += bytes;
    const own = (taken.get(tokenId) ?? 0) + bytes;
    if (own > 0) taken.set(tokenId, own);
    else taken.delete(tokenId);
  };
  return (tokenId) => {
    let held = 0;
    return {
      take(bytes) {
        if (total + bytes > TOTAL_BYTES_MAX || (taken.get(tokenId) ?? 0) + bytes > TOKEN_BYTES_MAX)
          throw new AppError('UNAVAILABLE', 'Too many large bodies are being sent at once. Try again shortly.');
        add(tokenId, bytes);
        held += bytes;
      },
      end() {
        add(tokenId, -held);
        held = 0;
      },
    };
  };
}
