const TIMES = ['LEASE_MS', 'HEARTBEAT_MS', 'SWEEP_MS', 'BACKOFF_MS'];

/** An empty variable is absent: a worker that a story starts has the times that it ships with, whatever they are. */
export const SHIPPED_TIMES = Object.fromEntries(TIMES.map((name) => [`PROVISO_${name}`, '']));
