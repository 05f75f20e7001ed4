/** The queue backends that this run can test: PostgreSQL always, Redis when a server is there (with CI set, it must be). */
export function backends(): { name: string; redisUrl: string | undefined }[] {
  const redisUrl = process.env.TEST_REDIS_URL;
  if (!redisUrl && process.env.CI) throw new Error('CI is set and there is no Redis to test on');
  const postgres = { name: 'on postgres', redisUrl: undefined };
  // Files run side by side: each worker of jest has a database of its own on the one server.
  return redisUrl
    ? [postgres, { name: 'on redis', redisUrl: `${redisUrl}/${process.env.JEST_WORKER_ID ?? 0}` }]
    : [postgres];
}
