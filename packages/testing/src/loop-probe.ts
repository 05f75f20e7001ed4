// How long a process's event loop was held, and how much memory it took: from inside, since a request that waits says no
// more than that it waited. Nothing in the product knows of it.
import { startApi, type FleetSettings, type Running } from './processes.ts';

const PRELOAD = 'packages/testing/src/loop-probe/preload.cjs';

export interface Held {
  /** The longest that one turn of the event loop took. */
  heldMs: number;
  /** What the process took at most, beyond what it had before. */
  peakBytes: number;
}

export interface Probed extends Running {
  url: string;
  /** `clean`: without what earlier work has left to collect, which takes a while. */
  measure(work: () => Promise<unknown>, clean?: boolean): Promise<Held>;
}

/** An api process with a heap of 512 MB, and a probe in it. */
export async function startProbedApi(settings: FleetSettings): Promise<Probed> {
  const api = await startApi(settings, ['--expose-gc', '--max-old-space-size=512', '--require', `./${PRELOAD}`]);
  return {
    ...api,
    measure: async (work, clean = false) => {
      await api.ask(clean ? 'probe:begin:clean' : 'probe:begin');
      await work();
      return (await api.ask('probe:end')) as Held;
    },
  };
}
