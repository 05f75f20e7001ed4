import { stopRedis } from './redis-server.mjs';

/** The PostgreSQL server stays for the next run. */
export default async function tearDown() {
  await stopRedis();
}
