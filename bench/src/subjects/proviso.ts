import { freePort } from '../../../packages/local-server/dist/ports.js';
import { PARAMS } from '../params.ts';
import { startNode, startProcess, untilReady, type StartedProcess } from '../processes.ts';
import { startPostgres, startRedis } from '../servers.ts';
import type { RunningSubject, Subject } from '../subject.ts';
import type { HttpClient } from '../http.ts';
import { fileURLToPath } from 'node:url';
import type { Connect } from './service.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXECUTOR = fileURLToPath(new URL('../services/noop-executor.js', import.meta.url));
const KEYS = {
  PROVISO_API_KEY: 'pv_benchown_oooooooooooooooooooooooooooooooo',
  PROVISO_AGENT_KEY: 'pv_benchagt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
};

/** The identity that actions without an account name. */
export const INTERNAL = { provider: 'internal', name: 'Bench', config: {} };

/** What the Dockerfile passes to Node.js. */
const AS_IN_THE_IMAGE = ['--max-old-space-size=512'];

/** With BENCH_PROFILE_DIR, each process of ours leaves a CPU profile there when it stops. */
const PROFILING = process.env.BENCH_PROFILE_DIR
  ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE_DIR}`]
  : [];

export interface RunningProviso extends RunningSubject {
  url: string;
  /** As the owner, who decides. */
  owner: HttpClient;
  /** As the owner, in another workspace of theirs. */
  ownerIn(workspaceId: string): HttpClient;
  /** As the agent, which proposes. */
  agent: HttpClient;
  databaseUrl: string;
  /** The body of a proposal that waits for approval. */
  proposal: object;
}

export interface Topology {
  backend: 'redis' | 'postgres';
  apis?: number;
  workers?: number;
}

/** The product as production runs it: built, NODE_ENV=production, shipped settings but for the limit of requests. */
export function proviso(
  connect: Connect,
  topology: Topology,
): Omit<Subject, 'start'> & { start: () => Promise<RunningProviso> } {
  const { backend, apis = 1, workers = 1 } = topology;
  return {
    name: backend === 'redis' ? 'Proviso' : 'Proviso on PostgreSQL',
    setup: `${apis} api and ${workers} worker on ${backend === 'redis' ? 'PostgreSQL and Redis' : 'PostgreSQL alone'}`,
    start: async () => {
      const postgres = await startPostgres();
      const redis = backend === 'redis' ? await startRedis() : undefined;
      const databaseUrl = await postgres.database('proviso');
      const env = {
        ...KEYS,
        DATABASE_URL: databaseUrl,
        ...(redis && { REDIS_URL: redis.url }),
        NODE_ENV: 'production',
        PROVISO_RATE_LIMIT: '1000000',
        PROVISO_EXECUTORS: EXECUTOR,
        LOG_LEVEL: 'warn',
      };
      await run('tools/migrate.mjs', env);
      await run('apps/api/dist/bootstrap.js', env);
      const started: StartedProcess[] = [];
      const processes: Record<string, number> = { postgres: postgres.pid, ...(redis && { redis: redis.pid }) };
      const launch = async (app: string, role: string, variable: string): Promise<string> => {
        const port = String(await freePort());
        const one = startNode([...AS_IN_THE_IMAGE, ...PROFILING, `${ROOT}apps/${app}/dist/main.js`], {
          ...env,
          [variable]: port,
        });
        started.push(one);
        processes[role] = one.pid;
        await untilReady(one, `http://127.0.0.1:${port}/readyz`);
        return `http://127.0.0.1:${port}`;
      };
      const urls: string[] = [];
      for (let n = 0; n < apis; n++) urls.push(await launch('api', n ? `api ${n + 1}` : 'api', 'PORT'));
      for (let n = 0; n < workers; n++) await launch('worker', n ? `worker ${n + 1}` : 'worker', 'PROVISO_WORKER_PORT');
      const owners = urls.map((url) => connect(url, KEYS.PROVISO_API_KEY));
      const agents = urls.map((url) => connect(url, KEYS.PROVISO_AGENT_KEY));
      const owner = owners[0] as HttpClient;
      const { identity } = await owner.post<{ identity: { identity_id: string } }>('/v1/identities', INTERNAL);
      const proposal = { type: 'noop', params: PARAMS, identity_id: identity.identity_id, require_approval: true };
      let turn = 0;
      const one = (clients: HttpClient[]): HttpClient => clients[turn++ % clients.length] as HttpClient;
      return {
        processes,
        url: urls[0] as string,
        owner,
        ownerIn: (workspaceId) => connect(urls[0] as string, KEYS.PROVISO_API_KEY, { 'x-workspace-id': workspaceId }),
        agent: agents[0] as HttpClient,
        databaseUrl,
        proposal,
        create: async () => (await one(agents).post<{ action_id: string }>('/v1/actions', proposal)).action_id,
        approve: async (id) => void (await one(owners).post(`/v1/actions/${id}/approve`, { action: 'approve' })),
        isCompleted: async (id) => {
          const { action } = await one(owners).get<{ action: { status: string } }>(`/v1/actions/${id}`);
          if (['failed', 'cancelled', 'rejected', 'outcome_unknown'].includes(action.status))
            throw new Error(`${id} is ${action.status}`);
          return action.status === 'completed';
        },
        stop: async () => {
          await Promise.all(started.map((process) => process.stop()));
          await Promise.all([postgres.stop(), redis?.stop()]);
        },
      };
    },
  };
}

async function run(script: string, env: Record<string, string>): Promise<void> {
  const process_ = startProcess(process.execPath, [`${ROOT}${script}`], env);
  if ((await process_.ended()) !== 0) throw new Error(`${script}: ${process_.output()}`);
}
