import { refused, retry, type Outcome } from '@proviso/core/executor';
import type { ErrorResponse } from 'resend';
import { failureOf } from '../http/outcome.ts';
import { oneLine } from '../one-line.ts';
import type { ResendAccount } from './client.ts';

const HOUR_MS = 3_600_000;

/** The outcome of Resend's refusal. */
export function resendOutcome({ name, message }: ErrorResponse, { tracker }: ResendAccount): Outcome {
  const says = oneLine(`${name}: ${message}`);
  if (name === 'daily_quota_exceeded')
    return retry(`Resend’s daily quota is used up: ${says}`, {
      undone: true,
      afterMs: tracker.answer()?.retryAfterMs ?? HOUR_MS,
    });
  if (name === 'monthly_quota_exceeded') return refused(`Resend’s monthly quota is used up: ${says}`);
  if (name === 'concurrent_idempotent_requests')
    return retry('An earlier attempt is still in progress at Resend.', { undone: false, afterMs: 5_000 });
  if (name === 'invalid_idempotent_request')
    return retry('Resend has already received a different request with this idempotency key.', { undone: false });
  return failureOf('Resend', tracker);
}

/** Runs one or more calls; turns a throw into the outcome of a missing answer. */
export const outcomeOf = (account: ResendAccount, call: () => Promise<Outcome>): Promise<Outcome> =>
  call().catch(() => failureOf('Resend', account.tracker));
