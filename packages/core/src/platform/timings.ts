/** Constants of the pipeline. All but heartbeat and sweep are in the database's time. */
export interface Timings {
  leaseMs: number;
  heartbeatMs: number;
  sweepMs: number;
  attemptsMax: number;
  /** Lost leases until an action is given up. */
  crashesMax: number;
  backoffBaseMs: number;
  backoffMaxMs: number;
  /** How long an action is retried while its provider is away or busy, and the longest wait between two attempts. */
  unavailableMaxMs: number;
  unavailableDelayMaxMs: number;
  /** From the claim to an outcome, unless the executor says otherwise. */
  timeoutMs: number;
  /** How long an MCP server behind a gateway may take for a read. */
  gatewayReadMs: number;
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
  gatewayReadMs: 50_000, // most clients give up after a minute
};
