import type { Executor } from './executor.ts';

/** The executors of this process, by type. */
export interface Registry {
  get(type: string): Executor | undefined;
  /** Sorted. */
  types(): string[];
}

/** Throws when two executors claim one type: which of them ran would depend on their order. */
export function createRegistry(executors: readonly Executor[]): Registry {
  const byType = new Map<string, Executor>();
  for (const executor of executors) {
    if (byType.has(executor.type)) throw new Error(`Two executors are registered for the type ${executor.type}.`);
    byType.set(executor.type, executor);
  }
  const types = [...byType.keys()].toSorted();
  return { get: (type) => byType.get(type), types: () => [...types] };
}
