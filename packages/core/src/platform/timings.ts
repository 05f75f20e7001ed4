/** Constants of webhooks. */
export interface WebhookTimings {
  /** How long a worker may send a delivery before another one may; longer than `timeoutMs`. */
  leaseMs: number;
  timeoutMs: number;
  /** The wait after each failed attempt. After one more, a delivery has failed. */
  delaysMs: readonly number[];
  /** How long a webhook may fail without a success until it is disabled. */
  failingMaxMs: number;
}

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
  webhooks: WebhookTimings;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
  webhooks: {
    leaseMs: 60_000,
    timeoutMs: 15_000,
    // As Standard Webhooks recommends: ten attempts in about three days.
    delaysMs: [
      5_000,
      5 * MINUTE_MS,
      30 * MINUTE_MS,
      2 * HOUR_MS,
      5 * HOUR_MS,
      10 * HOUR_MS,
      14 * HOUR_MS,
      20 * HOUR_MS,
      24 * HOUR_MS,
    ],
    failingMaxMs: 72 * HOUR_MS,
  },
};
