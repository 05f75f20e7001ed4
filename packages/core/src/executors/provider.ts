import type { Provider } from '@proviso/contracts';
import type { z } from 'zod';

/** Rate limits of an identity per second, hour, day and week; an absent one does not limit. */
export interface Pacing {
  perSecond?: number;
  perHour?: number;
  perDay?: number;
  perWeek?: number;
}

/** The result of a verification: the account that answered, or why none did, without secrets. */
export type Verification = { ok: true; account: string } | { ok: false; message: string };

/** An identity's two parts, as its provider's schemas parsed them. */
export interface Account<Config, Credentials> {
  config: Config;
  credentials: Credentials | null;
  signal: AbortSignal;
}

/** A mail that the service sends to one of its members. */
export interface ServiceMail {
  /** Unique to the mail; part of its Message-ID. */
  id: string;
  to: string;
  subject: string;
  text: string;
  headers: Record<string, string>;
}

/** Whether the mail was accepted. `unsent`: certainly not, so that it may be sent again. */
export type MailResult = { ok: true } | { ok: false; unsent: boolean; message: string };

/** A kind of account to act as: what its identities contain, how they are verified, and how fast they may act. */
export interface ProviderKind<Config extends object = object, Credentials extends object = object> {
  provider: Provider;
  /** The public part, which is part of what is approved. Strict. */
  config: z.ZodType<Config>;
  /** The secret part; null = there is none. Strict. */
  credentials: z.ZodType<Credentials> | null;
  /** The provider's default limits, with some margin; an identity's own limits override them. Absent = none. */
  pacing?: Pacing;
  /** Connects and logs in, and changes nothing there. Never throws because of the provider. */
  verify(account: Account<Config, Credentials>): Promise<Verification>;
  /** Sends one mail of the service. Never throws because of the provider. Absent: it sends no mail. */
  sendMail?(account: Account<Config, Credentials>, mail: ServiceMail): Promise<MailResult>;
}

/**
 * Checks the types of a provider's parts against each other, then drops them: everyone else holds what its schemas
 * passed.
 */
export const defineProvider = <Config extends object, Credentials extends object>(
  kind: ProviderKind<Config, Credentials>,
): ProviderKind => kind;
