import { readLogin, type Login } from '../config.ts';
import { request } from '../request.ts';
import { attempt, failure, ok, skipped, warning, type Finding } from './finding.ts';

const TIMEOUT_MS = 10_000;
/** An HTTP date has whole seconds, and the reply took some time. */
const SKEW_MS_MAX = 5_000;

interface Readiness {
  status: 'ok' | 'held' | 'degraded' | 'unavailable';
  queue_backend: string;
  pauses: number | null;
  /** Absent: an earlier version. */
  dispatch?: { message?: string };
}

/** What a client of the service can see. */
export async function checkService(): Promise<Finding[]> {
  let login: Login;
  try {
    login = readLogin();
  } catch (error) {
    return [skipped('service', (error as Error).message)];
  }
  const reached = await attempt('service', `Is the api running, and is ${login.url} its address?`, async () => {
    const reply = await get(login, '/livez');
    return reply.ok
      ? ok('service', `${login.url} answers`)
      : failure('service', `/livez answers ${reply.status}`, 'Another server may listen at this address.');
  });
  if (reached.state !== 'ok') return [reached];
  return [reached, await checkReadiness(login), await checkClock(login), await checkToken(login)];
}

const get = (login: Login, path: string): Promise<Response> =>
  fetch(new URL(path, login.url), { signal: AbortSignal.timeout(TIMEOUT_MS) });

const checkReadiness = (login: Login): Promise<Finding> =>
  attempt('readiness', 'Look at the log of the api.', async () => {
    const readiness = (await (await get(login, '/readyz')).json()) as Readiness;
    const { status, queue_backend: queue, pauses, dispatch } = readiness;
    if (status === 'unavailable')
      return failure('readiness', 'the api cannot reach its database', 'Look at PostgreSQL and at DATABASE_URL.');
    if (status === 'held')
      return failure(
        'readiness',
        dispatch?.message ?? 'dispatch is held',
        'See “Backup and restore” in docs/operations.md.',
      );
    if (status === 'degraded')
      return warning(
        'readiness',
        `the queue on ${queue} does not answer`,
        'Work starts late, by the sweeps. Look at it.',
      );
    if (pauses) return warning('readiness', `${pauses} pauses are in force`, 'Nothing that they name starts.');
    return ok('readiness', `database and queue on ${queue} answer`);
  });

const checkClock = (login: Login): Promise<Finding> =>
  attempt('clock', 'Try again.', async () => {
    const sentAt = Date.now();
    const date = Date.parse((await get(login, '/livez')).headers.get('date') ?? '');
    const skewMs = Math.abs(date - (sentAt + Date.now()) / 2);
    if (skewMs <= SKEW_MS_MAX) return ok('clock', 'this machine and the service agree');
    const seconds = Math.round(skewMs / 1000);
    return warning('clock', `this machine and the service differ by ${seconds} s`, 'Synchronise both with NTP.');
  });

const checkToken = (login: Login): Promise<Finding> =>
  attempt('token', 'Run proviso login, or set PROVISO_TOKEN.', async () => {
    const { role, workspace_id } = await request<Record<string, string>>('GET', '/v1/auth/status', undefined, login);
    return ok('token', `valid: ${role} in workspace ${workspace_id}`);
  });
