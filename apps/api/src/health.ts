import { atMostEvery, forProcess, statement, type NoParams, type Services } from '@proviso/core';
import { Router } from 'express';

const PROBE = statement<NoParams, { pauses: number }>('ready', 'select count(*)::int as pauses from pauses');
/** Cached, because anyone may call it often. */
const PROBE_MS = 1_000;

/** `/livez`: the process runs. `/readyz`: 200 with the database, `degraded` without the queue (work runs late), else 503. */
export function healthRouter({ db, queue }: Services): Router {
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
    const status = pauses === undefined ? 'unavailable' : queueUp ? 'ok' : 'degraded';
    if (pauses === undefined) res.status(503).set('Retry-After', '1');
    res.json({
      status,
      database: pauses !== undefined,
      queue: queueUp,
      queue_backend: queue.backend,
      pauses: pauses ?? null,
    });
  });
  return router;
}
