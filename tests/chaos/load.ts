// Everything that the product does, requested at the same time and in both dialects.
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client, type Known, type Tenant } from './client.ts';
import { runMission } from './missions.ts';
import * as pending from './pending-actions.ts';
import type { Random } from './random.ts';
import * as v1 from './v1.ts';
import type { Scene } from './v1.ts';

export interface Load extends Pick<Client, 'records' | 'batches' | 'counts'> {
  /** Keys of the requests in progress, which a fault of an api or a database may interrupt. */
  underWay(): string[];
  /** Ids known so far, for faults that send wake-ups. */
  known(): string[];
  /** Continues until the signal aborts; settles when every request in progress has ended. */
  done: Promise<void>;
}

interface LoadOptions {
  tenants: Tenant[];
  urls: () => string[];
  lanes: number;
  random: Random;
  stop: AbortSignal;
}

type Act = (scene: Scene, action: Known) => Promise<unknown>;

/** What is done, and how often: to the newest actions, or to none. */
const MIX: [number, Act][] = [
  [25, v1.create],
  [9, v1.createMany],
  [8, (scene) => pending.propose(scene)],
  [3, runMission],
  [20, decideTwice],
  [4, v1.decideMany],
  [4, v1.cancel],
  [2, v1.reject],
  [2, pending.reject],
  [5, v1.runNow],
  [5, v1.change],
  [5, v1.processDue],
  [2, v1.look],
  [2, pending.look],
  [2, (scene, { tenant }) => pending.list(scene, { tenant })],
  [4, readAsStranger],
];
const ALL = MIX.reduce((sum, [share]) => sum + share, 0);

/** Two people decide at the same time, each in a random dialect. */
function decideTwice(scene: Scene, action: Known): Promise<unknown> {
  const decide = () => scene.random.pick([v1.decide, pending.decide]);
  return Promise.all(action.tenant.tokens.map((token) => decide()(scene, action, token)));
}

const TRESPASSES: Act[] = [v1.look, v1.decide, v1.cancel, pending.look, pending.approve, pending.reject];

/** Another tenant requests it, and must not find it. */
async function readAsStranger(scene: Scene, action: Known): Promise<unknown> {
  const { random, tenants } = scene;
  const tenant = tenants.find((other) => other !== action.tenant);
  if (!tenant) return undefined;
  if (random.chance(0.2)) return pending.list(scene, { tenant, query: { workspace_id: action.tenant.workspace } });
  return random.pick(TRESPASSES)(scene, { ...action, tenant });
}

export function startLoad({ tenants, urls, lanes, random, stop }: LoadOptions): Load {
  const client = createClient(urls, random);
  const { known } = client;
  const scene: Scene = { client, random, tenants };

  /** One of the newest, so that most decisions are on open actions. */
  const recent = (): Known | undefined => known.at(-random.between(1, Math.min(known.length, 40)));

  async function act(): Promise<void> {
    const action = recent();
    if (!action) return v1.create(scene);
    let dice = random.next() * ALL;
    const [, chosen] = MIX.find(([share]) => (dice -= share) < 0) ?? [0, v1.create];
    await chosen(scene, action);
  }

  const lane = async (): Promise<void> => {
    while (!stop.aborted) {
      await act();
      await sleep(random.between(10, 80));
    }
  };
  return {
    ...client,
    underWay: () => [...client.underWay],
    known: () => known.map(({ id }) => id),
    done: Promise.all(Array.from({ length: lanes }, lane)).then(() => undefined),
  };
}
