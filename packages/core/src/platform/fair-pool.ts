// Shares database connections among the tenants of a process. Every statement of a request waits here for a connection,
// direct or through Prisma. One workspace gets only a part of the pool, and tenants take turns. Held by
// fair-slots.test.ts and fair-share.test.ts.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { createFairSlots, type FairSlots } from './fair-slots.ts';

const tenants = new AsyncLocalStorage<string>();

/** Counts statements of this work for that workspace, or for that address until its workspace is known. */
export const forTenant = <T>(tenant: string, work: () => T): T => tenants.run(tenant, work);

/** Counts statements of this work for the process: what serves many tenants must not wait for one of them. */
export const forProcess = <T>(work: () => T): T => tenants.exit(work);

/** The process's own tenant name. */
const PROCESS = '';

/** For whom the work in progress counts. */
export const tenantNow = (): string => tenants.getStore() ?? PROCESS;

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

export class FairPool extends pg.Pool {
  readonly #slots: FairSlots;
  readonly #waitMs: number | undefined;

  constructor(config: pg.PoolConfig & { max: number }) {
    super(config);
    const { max, connectionTimeoutMillis } = config;
    const part = Math.min(max, Math.floor(max / 2) + 1);
    this.#slots = createFairSlots({ slots: max, slotsOf: (tenant) => (tenant === PROCESS ? max : part) });
    this.#waitMs = connectionTimeoutMillis;
  }

  waitingOf(tenant: string): number {
    return this.#slots.waiting(tenant);
  }

  waitingInAll(): number {
    return this.#slots.waitingInAll();
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(connected: Connected): void;
  override connect(connected?: Connected): Promise<pg.PoolClient> | void {
    const connecting = this.#connect();
    if (!connected) return connecting;
    connecting.then(
      (client) => connected(undefined, client, (release) => client.release(release as Error | boolean | undefined)),
      (error: Error) => connected(error, undefined, () => undefined),
    );
  }

  async #connect(): Promise<pg.PoolClient> {
    const giveBack = await this.#slots.take(tenantNow(), this.#waitMs);
    if (!giveBack) throw new Error('timeout exceeded when trying to connect');
    try {
      const client = await super.connect();
      const release = client.release.bind(client);
      client.release = (error) => {
        release(error);
        giveBack();
      };
      return client;
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}
