// Beside each run of tests: when the run ends, in whatever way, it stops the servers that the run has left.
import { finished } from 'node:stream/promises';
import { stopRedis } from './redis-server.mjs';
import { releaseTestServer } from './test-server.mjs';

const [, , owner] = process.argv;
await finished(process.stdin.resume()).catch(() => {});
await stopRedis(Number(owner));
await releaseTestServer();
