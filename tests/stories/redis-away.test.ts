import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@proviso/local-server/ports';
import { backends, until, type Reply } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../chaos/servers.ts';
import { runOpenLoop } from './load-generator.ts';
import { DEFAULT_TIMES } from './default-times.ts';

const AWAY_S = Number(process.env.PROVISO_TEST_REDIS_AWAY_S ?? 20);
const CREATES_A_SECOND = 20;
const LATE_MS_MAX = 10_000;
const CREATE_P99_MS_MAX = 2_000;
/** Of ten creates, one is scheduled, and one waits for a person. */
const KINDS = ['later', 'asked', ...Array<string>(8).fill('now')];
const AHEAD_MS_MAX = 15_000;
const THINKING_MS = 2_000;

const isRedisHere = backends().some(({ redisUrl }) => redisUrl);

(isRedisHere ? describe : describe.skip)('a redis-server of its own', () => {
  const fleet = useFleet({ env: DEFAULT_TIMES });
  let redis: RedisServer;
  const dir = mkdtempSync(path.join(tmpdir(), 'proviso-redis-away-'));
  beforeAll(async () => {
    redis = await startRedis(dir, await freePort());
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const onRedis = () => ({ redisUrl: `redis://127.0.0.1:${redis.port}` });

  it('that evicts keys is refused at the start', async () => {
    const client = new Redis(redis.port, '127.0.0.1');
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(fleet.startApi(onRedis())).rejects.toThrow('Set it to noeviction');
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    client.disconnect();
  });

  it(
    `stopped for ${AWAY_S} s fails no create, and starts nothing more than ${LATE_MS_MAX / 1_000} s late`,
    async () => {
      const [api] = await Promise.all([
        fleet.startApi(onRedis()),
        fleet.startWorker(onRedis()),
        fleet.startWorker(onRedis()),
      ]);
      const owner = await fleet.client(api);
      const params = { content: 'a note', contact_id: await fleet.contact() };
      const createMs: number[] = [];
      const create = async (more: object): Promise<Reply<{ action_id?: string }>> => {
        const sentAt = performance.now();
        const reply = await owner('POST', '/v1/actions', {
          type: 'create_note',
          identity_id: fleet.workspace.identityId,
          params,
          ...more,
        });
        createMs.push(performance.now() - sentAt);
        return reply;
      };
      const propose = async (index: number): Promise<number[]> => {
        const kind = KINDS[index % KINDS.length];
        if (kind === 'now') return [(await create({})).status];
        if (kind === 'later') {
          const at = new Date(Date.now() + ((index * 997) % AHEAD_MS_MAX));
          return [(await create({ scheduled_time: at.toISOString() })).status];
        }
        const { status, body } = await create({ require_approval: true });
        await sleep(THINKING_MS);
        const decided = await owner('POST', `/v1/actions/${body.action_id}/approve`, { action: 'approve' });
        return [status, decided.status];
      };
      const health = async (): Promise<unknown> =>
        ((await (await fetch(`${api.url}/readyz`)).json()) as { status: unknown }).status;
      expect(await health()).toBe('ok');

      await redis.crash();
      const statuses = (await runOpenLoop(propose, () => CREATES_A_SECOND, AWAY_S)).flat();
      expect(await health()).toBe('degraded');
      const backAt = (await fleet.now()).getTime();
      const dueLongAgo = (await fleet.actions()).filter(({ due_at }) => due_at.getTime() < backAt - LATE_MS_MAX);
      await redis.start();
      await until(
        'all to be done',
        async () => (await fleet.actions()).every(({ status }) => status === 'completed'),
        60_000,
      );
      await until('the queue to be used again', async () => (await health()) === 'ok', 30_000);

      const lateMs = (await fleet.actions()).map(
        ({ started_at, due_at }) => (started_at?.getTime() ?? NaN) - due_at.getTime(),
      );
      process.stdout.write(
        `Redis away for ${AWAY_S} s: ${createMs.length} creates (${shown(createMs)}), ` +
          `${statuses.length - createMs.length} approvals, all answered; ` +
          `${dueLongAgo.length} of ${lateMs.length} started before it was back; late: ${shown(lateMs)}\n`,
      );
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      expect(createMs.length).toBeGreaterThan(0.95 * CREATES_A_SECOND * AWAY_S);
      expect(at(0.99, createMs)).toBeLessThan(CREATE_P99_MS_MAX);
      expect(dueLongAgo.length).toBeGreaterThan(0);
      expect(dueLongAgo.filter(({ started_at }) => !started_at)).toEqual([]);
      expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...lateMs)).toBeLessThan(LATE_MS_MAX);
    },
    (AWAY_S + 150) * 1_000,
  );
});

const at = (share: number, ms: number[]): number =>
  ms.toSorted((a, b) => a - b)[Math.floor(share * (ms.length - 1))] ?? NaN;
const shown = (ms: number[]): string =>
  `p50 ${at(0.5, ms).toFixed(0)} ms, p99 ${at(0.99, ms).toFixed(0)} ms, at most ${at(1, ms).toFixed(0)} ms`;
