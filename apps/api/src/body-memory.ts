// Bounds the memory that bodies use while they are read and processed, against slow and parallel senders. Held by
// body-memory.test.ts.
import { AppError } from '@proviso/core';

const MIB = 1024 * 1024;
const TOTAL_BYTES_MAX = 64 * MIB;
/** Per token: a few bulks at a time, and a quarter of the total. */
const TOKEN_BYTES_MAX = 16 * MIB;

/** The memory that one request reserves. */
export interface BodyMemory {
  /** Throws UNAVAILABLE if there is no memory left for this many bytes. */
  reserve: (bytes: number) => void;
  release: () => void;
}

export function createBodyMemory(): (tokenId: string) => BodyMemory {
  const reserved = new Map<string, number>();
  let total = 0;
  const add = (tokenId: string, bytes: number): void => {
    total += bytes;
    const own = (reserved.get(tokenId) ?? 0) + bytes;
    if (own > 0) reserved.set(tokenId, own);
    else reserved.delete(tokenId);
  };
  return (tokenId) => {
    let held = 0;
    return {
      reserve(bytes) {
        if (total + bytes > TOTAL_BYTES_MAX || (reserved.get(tokenId) ?? 0) + bytes > TOKEN_BYTES_MAX)
          throw new AppError('UNAVAILABLE', 'Too many large bodies are being sent at once. Try again shortly.');
        add(tokenId, bytes);
        held += bytes;
      },
      release() {
        add(tokenId, -held);
        held = 0;
      },
    };
  };
}
