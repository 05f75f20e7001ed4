/** Constants of the pipeline; all in the database's time except heartbeat and sweep. */
export interface Timings {
  leaseMs: number;
  heartbeatMs: number;
  sweepMs: number;
  attemptsMax: number;
  /** Leases lost until an action is given up. */
  crashesMax: number;
  backoffBaseMs: number;
  backoffMaxMs: number;
  /** How long a provider that is away or busy is tried, and the longest wait between two attempts. */
  unavailableMaxMs: number;
  unavailableDelayMaxMs: number;
  /** From the claim to an outcome, unless the executor says otherwise. */
  timeoutMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  leaseMs: 8_000,
  heartbeatMs: 2_500,
  sweepMs: 2_500,
  attemptsMax: 5,
  crashesMax: 3,
  backoffBaseMs: 5_000,
  backoffMaxMs: 600_000,
  unavailableMaxMs: 24 * 3_600_000,
  unavailableDelayMaxMs: 3_600_000,
  timeoutMs: 60_000,
};
