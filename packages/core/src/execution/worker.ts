import type { Actor } from '@proviso/contracts';
import type { Services } from '../context.ts';
import type { Holds } from './holds.ts';

/** Constants of the pipeline; all in the database's time except heartbeat and sweep. */
export interface Pace {
  leaseMs: number;
  heartbeatMs: number;
  sweepMs: number;
  attemptsMax: number;
  /** Leases lost until an action is given up. */
  crashesMax: number;
  backoffBaseMs: number;
  backoffMaxMs: number;
  /** From the claim to an outcome, unless the executor says otherwise. */
  timeoutMs: number;
}

export const PACE: Pace = {
  leaseMs: 15_000,
  heartbeatMs: 5_000,
  sweepMs: 5_000,
  attemptsMax: 5,
  crashesMax: 3,
  backoffBaseMs: 5_000,
  backoffMaxMs: 600_000,
  timeoutMs: 60_000,
};

/** A process that executes actions. */
export interface Worker extends Services {
  actor: Actor & { kind: 'system' };
  holds: Holds;
  pace: Pace;
}
