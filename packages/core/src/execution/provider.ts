import type { Provider } from '@proviso/contracts';
import type { z } from 'zod';

/** How many effects an identity may have in a second, an hour, a day and a week; an absent bound bounds nothing. */
export interface Pacing {
  perSecond?: number;
  perHour?: number;
  perDay?: number;
  perWeek?: number;
}

/** What a verification found: the account that really answered, or why none did, without a secret in it. */
export type Verification = { ok: true; account: string } | { ok: false; message: string };

/** An identity's two parts, as its provider's schemas have read them. */
export interface Account<Config, Credentials> {
  config: Config;
  credentials: Credentials | null;
  signal: AbortSignal;
}

/** A kind of account to act as: what an identity of it holds, how it is tried out, and how fast it may go. */
export interface ProviderKind<Config extends object = object, Credentials extends object = object> {
  provider: Provider;
  /** The shown part, which is part of what is approved. Strict. */
  config: z.ZodType<Config>;
  /** The sealed part; null = it takes none. Strict. */
  credentials: z.ZodType<Credentials> | null;
  /** The provider's own limits with some room; an identity's own bounds go before them. Absent = none. */
  pacing?: Pacing;
  /** Really connects and logs in, and changes nothing there. Never throws for what the provider does. */
  verify(account: Account<Config, Credentials>): Promise<Verification>;
}

/** Types the parts of a provider against each other, then forgets them: everyone else holds what its schemas passed. */
export const defineProvider = <Config extends object, Credentials extends object>(
  kind: ProviderKind<Config, Credentials>,
): ProviderKind => kind;
