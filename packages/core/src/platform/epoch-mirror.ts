// The epoch as Redis remembers it. It is outside the database, so a restore of the database does not take it back.
import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** What was last seen of a history. */
export interface MirroredEpoch {
  counter: number;
  /** When the counter had that value, by the database's clock. */
  at: Date;
  /** Another history has taken over from this one. */
  isSuperseded: boolean;
}

export interface EpochMirror {
  /** Undefined = it knows nothing of that history. Throws if it does not answer. */
  read(incarnation: string): Promise<MirroredEpoch | undefined>;
  /** Never lowers what it has. Throws if it does not answer. */
  write(incarnation: string, counter: number, at: Date): Promise<void>;
  /** From now on, whoever has the earlier history holds. Throws if it does not answer. */
  supersede(incarnation: string): Promise<void>;
  close(): void;
}

const ANSWER_MS = 2_000;

const RAISE = `
  local known = tonumber(redis.call('HGET', KEYS[1], 'counter') or '-1')
  if tonumber(ARGV[1]) > known then redis.call('HSET', KEYS[1], 'counter', ARGV[1], 'at', ARGV[2]) end`;

/** One key for each history, so that two installations may share a Redis. */
const keyOf = (incarnation: string): string => `{proviso}:epoch:${incarnation}`;

export function openEpochMirror(url: string, log: Logger): EpochMirror {
  const redis = new Redis(url, {
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
    keepAlive: 5_000,
  });
  redis.on('error', (error: Error) =>
    log.debug({ reason: error.message }, 'the mirror of the epoch is not responding'),
  );
  return {
    read: async (incarnation) => {
      const [counter, at, superseded] = await redis.hmget(keyOf(incarnation), 'counter', 'at', 'superseded');
      if (!counter && !superseded) return undefined;
      return { counter: Number(counter ?? 0), at: new Date(at ?? 0), isSuperseded: superseded === '1' };
    },
    write: async (incarnation, counter, at) =>
      void (await redis.eval(RAISE, 1, keyOf(incarnation), counter, at.toISOString())),
    supersede: async (incarnation) => void (await redis.hset(keyOf(incarnation), 'superseded', '1')),
    close: () => redis.disconnect(),
  };
}
