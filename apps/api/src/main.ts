import type { Server } from 'node:http';
import { createRegistry, openLog, openRateLimits, openServices, warnOfUnknownVariables } from '@proviso/core';
import { builtIns, loadExecutors } from '@proviso/executors';
import { openMetrics, serveMetrics } from '@proviso/metrics';
import closeWithGrace from 'close-with-grace';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';

/** Long enough for a call that runs actions to see them finish. */
const DRAIN_MS = 60_000;
/**
 * How many new connections may wait until the process accepts them, if the system's `somaxconn` allows as many. Beyond,
 * the system drops the caller's first packet: they try again after 1, 3, 7 and 15 s.
 */
const BACKLOG = 4_096;

try {
  const config = readConfig(process.env);
  const log = openLog('api', config.logLevel);
  warnOfUnknownVariables(process.env, log);
  const tracing =
    config.otlpEndpoint && (await import('@proviso/tracing')).startTracing(config.otlpEndpoint, 'proviso-api');
  const executors = createRegistry(await loadExecutors(builtIns(config.providers), config.providers.modules));
  const services = await openServices(config, { name: 'proviso-api', poolMax: config.poolMax, executors, log });
  const stop = new AbortController();
  const limits = openRateLimits({
    redisUrl: config.redisUrl,
    perMinute: config.rateLimit,
    personPerMinute: config.rateLimitPerson,
    workspacePerMinute: config.rateLimitWorkspace,
  });
  const metrics = config.metricsPort === undefined ? undefined : openMetrics(services);
  const metricsServer = metrics && (await serveMetrics(metrics, config.metricsPort ?? 0, config.metricsHost));
  const app = createApp(services, {
    stopping: stop.signal,
    limits,
    oidc: config.oidc,
    trustProxy: config.trustProxy,
    metrics,
    traces: !!tracing,
  });
  const server = await listen(app.listen(config.port, config.host, BACKLOG));
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  log.info({ port: config.port, queue: services.queue.backend }, 'api listening');
  const { close } = closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err, signal }) => {
    if (err) log.error({ err }, 'api stopping after an error');
    else log.info({ signal }, 'api stopping');
    stop.abort();
    server.closeIdleConnections();
    await new Promise((done) => server.close(done));
    metricsServer?.close();
    await executors.mcp?.close();
    limits.close();
    services.epoch.close();
    await services.queue.close();
    await services.db.close();
    if (tracing) await tracing.close();
  });
  process.on('disconnect', close); // the supervisor that started it is gone
} catch (error) {
  process.stderr.write(`api: ${(error as Error).message}\n`);
  process.exit(1);
}

function listen(server: Server): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(server)).once('error', reject);
  });
}
