/**
 * The queue backends that this run can test: always PostgreSQL, and Redis if a server is available. With CI set, it
 * must be.
 */
export function backends(): { name: string; redisUrl: string | undefined }[] {
  const redisUrl = process.env.TEST_REDIS_URL;
  if (!redisUrl && process.env.CI) throw new Error('CI is set and there is no Redis to test on');
  const postgres = { name: 'on postgres', redisUrl: undefined };
  // Test files run side by side, so each worker of jest uses its own database of the one server.
  return redisUrl
    ? [postgres, { name: 'on redis', redisUrl: `${redisUrl}/${process.env.JEST_WORKER_ID ?? 0}` }]
    : [postgres];
}
