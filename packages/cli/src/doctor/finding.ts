export interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  says: string;
  /** What to do; absent if there is nothing to do. */
  advice?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const skipped = (check: string, says: string): Finding => ({ check, state: 'skipped', says });
export const warning = (check: string, says: string, advice: string): Finding => ({
  check,
  state: 'warning',
  says,
  advice,
});
export const failure = (check: string, says: string, advice: string): Finding => ({
  check,
  state: 'failed',
  says,
  advice,
});

/** Runs a check; what it throws is its failure. */
export const attempt = (check: string, advice: string, run: () => Promise<Finding>): Promise<Finding> =>
  run().catch((error: unknown) => failure(check, error instanceof Error ? error.message : String(error), advice));
