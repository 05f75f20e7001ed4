import { ascending, percentile } from './statistics.ts';

export interface Pace {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  results: string[];
}

/** Runs `work` on 0 … count-1, `connections` at a time: each caller asks again when it has been answered. */
export async function closedLoop(
  { count, connections, done }: { count: number; connections: number; done: () => void },
  work: (n: number) => Promise<string | void>,
): Promise<Pace> {
  const results: string[] = [];
  const latencies: number[] = [];
  let next = 0;
  const begun = performance.now();
  const caller = async (): Promise<void> => {
    while (next < count) {
      const n = next++;
      const asked = performance.now();
      results[n] = (await work(n)) ?? '';
      latencies.push(performance.now() - asked);
      done();
    }
  };
  await Promise.all(Array.from({ length: Math.min(connections, count) }, caller));
  const seconds = (performance.now() - begun) / 1_000;
  const sorted = ascending(latencies);
  return { perSecond: count / seconds, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), results };
}
