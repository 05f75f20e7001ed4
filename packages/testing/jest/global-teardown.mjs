import { stopRedis } from './redis-server.mjs';
import { releaseTestServer } from './test-server.mjs';

/** Leaves no server behind. */
export default async function tearDown() {
  await stopRedis();
  await releaseTestServer();
}
