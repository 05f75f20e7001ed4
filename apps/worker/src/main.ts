import { hostname } from 'node:os';
import { builtIns, loadExecutors } from '@proviso/executors';
import {
  createLeases,
  createRegistry,
  createSlots,
  openDatabase,
  openLog,
  openServices,
  reserveOf,
  warnOfUnknownVariables,
  type Worker,
} from '@proviso/core';
import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { startJobs } from './jobs.ts';
import { startWatchdog } from './watchdog.ts';

try {
  const config = readConfig(process.env);
  const log = openLog('worker', config.logLevel);
  warnOfUnknownVariables(process.env, log);
  const tracing =
    config.otlpEndpoint && (await import('@proviso/tracing')).startTracing(config.otlpEndpoint, 'proviso-worker');
  const services = await openServices(config, {
    name: 'proviso-worker',
    poolMax: Math.ceil((config.concurrency + reserveOf(config.concurrency)) / 2) + 4,
    executors: createRegistry(await loadExecutors(builtIns(config.providers), config.providers.modules)),
    log,
  });
  // A separate pool, so that a hanging one does not cost the leases of running actions.
  const heart = openDatabase({
    url: config.databaseUrl,
    poolMax: 1,
    name: 'proviso-heartbeat',
    queryTimeoutMs: config.timings.heartbeatMs,
  });
  const worker: Worker = {
    ...services,
    actor: { kind: 'system', id: `worker ${hostname()}:${process.pid}`, name: 'Worker' },
    leases: createLeases(heart, log, config.timings),
    slots: createSlots({
      slots: config.concurrency,
      executors: services.executors,
      limits: config.typeConcurrency,
    }),
    timings: config.timings,
  };
  startWatchdog(worker.actor.id, config.timings.leaseMs);
  const jobs = await startJobs(worker, config.concurrency);
  const health = config.port === undefined ? undefined : await serveHealth(worker, config.port, config.host);
  log.info({ queue: worker.queue.backend, concurrency: config.concurrency }, 'worker started');
  const { close } = closeWithGrace({ delay: config.graceMs, logger: false }, async ({ err, signal }) => {
    if (err) log.error({ err }, 'worker stopping after an error');
    else log.info({ signal, running: worker.leases.count() }, 'worker stopping');
    await jobs.stop();
    worker.leases.close();
    await heart.close();
    health?.close();
    worker.epoch.close();
    await worker.queue.close();
    await worker.db.close();
    if (tracing) await tracing.close();
  });
  process.on('disconnect', close); // the supervisor that started it is gone
} catch (error) {
  process.stderr.write(`worker: ${(error as Error).message}\n`);
  process.exit(1);
}
