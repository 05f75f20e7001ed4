const TIMES = ['LEASE_MS', 'HEARTBEAT_MS', 'SWEEP_MS', 'BACKOFF_MS'];

/** An empty variable counts as absent, so a worker that a story starts has the default times. */
export const DEFAULT_TIMES = Object.fromEntries(TIMES.map((name) => [`PROVISO_${name}`, '']));
