import { startRedis } from './redis-server.mjs';
import { ensureTemplate } from './template.mjs';
import { ensureTestServer } from './test-server.mjs';

/** Passes the servers to the test environments in TEST_PG_URL, TEST_PG_TEMPLATE and TEST_REDIS_URL. */
export default async function setUp() {
  const server = await ensureTestServer();
  process.env.TEST_PG_URL = server.url('');
  process.env.TEST_PG_TEMPLATE = await ensureTemplate(server);
  const redisUrl = await startRedis();
  if (redisUrl === undefined) delete process.env.TEST_REDIS_URL;
  else process.env.TEST_REDIS_URL = redisUrl;
}
