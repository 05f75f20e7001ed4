export class EgressError extends Error {
  /** false = certain that nothing of the request left this machine. */
  readonly sent: boolean;
  readonly reason: 'forbidden' | 'too_large' | 'failed';

  constructor(reason: EgressError['reason'], sent: boolean, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EgressError';
    this.reason = reason;
    this.sent = sent;
  }
}

/** The egress error that an error is or has as a cause. */
export function egressErrorIn(error: unknown): EgressError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof EgressError) return each;
  return undefined;
}
