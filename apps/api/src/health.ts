import { atMostEvery, forProcess, statement, type NoParams, type Services } from '@proviso/core';
import { Router } from 'express';

const PROBE = statement<NoParams, { pauses: number }>('ready', 'select count(*)::int as pauses from pauses');
/** Cached, because anyone may call it often. */
const PROBE_MS = 1_000;

/** `/livez`: the process runs. `/readyz`: 200 with the database, else 503. `degraded`: without the queue, work runs late. `held`: nothing starts. */
export function healthRouter({ db, queue, epoch }: Services): Router {
  const router = Router();
  const probe = atMostEvery(PROBE_MS, () =>
    Promise.all([
      forProcess(() => db.query(PROBE, {})).then(
        ([row]) => row?.pauses,
        () => undefined,
      ),
      queue.isUp(),
    ]),
  );
  router.get('/livez', (_req, res) => void res.json({ status: 'ok' }));
  router.get('/readyz', async (_req, res) => {
    const [pauses, queueUp] = await probe();
    const hold = epoch.hold();
    const status = pauses === undefined ? 'unavailable' : hold ? 'held' : queueUp ? 'ok' : 'degraded';
    if (pauses === undefined) res.status(503).set('Retry-After', '1');
    res.json({
      status,
      database: pauses !== undefined,
      queue: queueUp,
      queue_backend: queue.backend,
      pauses: pauses ?? null,
      dispatch: hold ? { held: true, reason: hold.reason, message: hold.message } : { held: false },
    });
  });
  return router;
}
