// Runs next to each test run, and stops its servers when the run ends in any way.
import { finished } from 'node:stream/promises';
import { stopRedis } from './redis-server.mjs';
import { releaseTestServer } from './test-server.mjs';

const [, , owner] = process.argv;
await finished(process.stdin.resume()).catch(() => {});
await stopRedis(Number(owner));
await releaseTestServer();
