// Measures from the inside how long a process's event loop was blocked and how much memory it took. A waiting request
// only shows that it waited. The product knows nothing of it.
import { startApi, type FleetSettings, type Running } from './processes.ts';

const PRELOAD = 'packages/testing/src/loop-probe/preload.cjs';

export interface Held {
  /** The longest turn of the event loop. */
  heldMs: number;
  /** The peak memory above what the process had before. */
  peakBytes: number;
}

export interface Probed extends Running {
  url: string;
  /** `clean`: collects the garbage of earlier work first, which takes a while. */
  measure(work: () => Promise<unknown>, clean?: boolean): Promise<Held>;
}

/** An api process with a heap of 512 MB and a probe. */
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
