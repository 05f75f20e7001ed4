import {
  AppError,
  type AuthenticatedPerson,
  type Caller,
  type Counted,
  type RateLimits,
  type Services,
} from '@proviso/core';
import type { Request, Response } from 'express';

/**
 * Counts a stranger's request and reports the remaining ones in the headers. Throws RATE_LIMITED when none are left.
 */
export const consumeStrangerLimit = (limits: RateLimits | undefined, stranger: string, res: Response): Promise<void> =>
  consumeLimits(limits, [['token', stranger]], res);

/**
 * Counts a request against its credential, and against its person or its workspace's keys. So more credentials do not
 * allow more requests, and a workspace's agents cannot use up its people's limit. The headers report the limit that is
 * nearest to exhaustion.
 */
export function consumeCallerLimits(limits: RateLimits | undefined, caller: Caller, res: Response): Promise<void> {
  const { tokenId, person, workspaceId } = caller;
  const shared: [Counted, string] = person ? ['person', person.id] : ['workspace', workspaceId];
  return consumeLimits(limits, [['token', `token:${tokenId}`], shared], res);
}

/** The same for a person, in any workspace or in none. */
export const consumePersonLimits = (
  limits: RateLimits | undefined,
  { tokenId, person }: AuthenticatedPerson,
  res: Response,
): Promise<void> =>
  consumeLimits(
    limits,
    [
      ['token', `token:${tokenId}`],
      ['person', person.id],
    ],
    res,
  );

async function consumeLimits(
  limits: RateLimits | undefined,
  counted: readonly [Counted, string][],
  res: Response,
): Promise<void> {
  if (!limits) return;
  const all = await Promise.all(counted.map(([kind, caller]) => limits.take(caller, kind)));
  const nearest = all.reduce((one, other) => (other.allowed < one.allowed || other.left < one.left ? other : one));
  const { perMinute, left, resetMs } = nearest;
  const seconds = Math.max(1, Math.ceil(resetMs / 1000));
  res.set('RateLimit-Policy', `"caller";q=${perMinute};w=60`);
  res.set('RateLimit', `"caller";r=${left};t=${seconds}`);
  const refused = all.findIndex(({ allowed }) => !allowed);
  if (refused === -1) return;
  res.set('Retry-After', String(seconds));
  throw new AppError(
    'RATE_LIMITED',
    `More than ${all[refused]?.perMinute} requests per minute ${PER_CALLER[counted[refused]?.[0] ?? 'token']}. Try again in ${seconds} s.`,
  );
}

const PER_CALLER: Partial<Record<Counted, string>> = {
  token: 'with this token, or from this address',
  person: 'with all your tokens',
  workspace: 'with all keys of the workspace',
};

export interface LookedUp<T> {
  limits: RateLimits | undefined;
  /** The credential; undefined = none, so there is nothing to look up. */
  given: string | undefined;
  /** It was valid recently, so it is looked up even when strangers exhaust the limit of the same address. */
  isKnown: boolean;
  find: () => Promise<T>;
}

/**
 * Looks up the token or session of a request. An unknown one counts as a stranger's request before the look-up, and the
 * count is taken back if it is valid. An address over its limit gets a few more look-ups, because valid tokens may come
 * from it too. Throws RATE_LIMITED.
 */
export async function lookUpCaller<T>(
  { limits, given, isKnown, find }: LookedUp<T>,
  req: Request,
  res: Response,
): Promise<T> {
  const stranger = strangerAt(req);
  if (given === undefined) return consumeStrangerLimit(limits, stranger, res).then(find);
  if (!limits || isKnown) {
    return find().catch(async (error: unknown) => {
      if (error instanceof AppError) await consumeStrangerLimit(limits, stranger, res);
      throw error;
    });
  }
  const refusal = await consumeStrangerLimit(limits, stranger, res).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal && !(await limits.take(stranger, 'trial')).allowed) throw refusal;
  const found = await find().catch((error: unknown) => {
    throw error instanceof AppError && refusal ? refusal : error;
  });
  res.removeHeader('Retry-After');
  limits.giveBack(stranger);
  return found;
}

/**
 * Counts a sign-in as failed, by its address and by the name it gives: `key:…` or `email:…`. `isGood` takes that back.
 * Throws RATE_LIMITED.
 */
export async function consumeSignIn(limits: RateLimits | undefined, named: string, req: Request, res: Response) {
  const counted = [strangerAt(req), named];
  for (const one of counted) {
    const allowance = await limits?.take(one, 'sign_in');
    if (allowance?.allowed === false) {
      const seconds = Math.max(1, Math.ceil(allowance.resetMs / 1000));
      res.set('Retry-After', String(seconds));
      throw new AppError('RATE_LIMITED', `Too many failed sign-ins. Try again in ${seconds} s.`);
    }
  }
  return { isGood: () => counted.forEach((one) => limits?.giveBack(one, 'sign_in')) };
}

/**
 * A caller without a valid token is identified by the client address: of the connection, or what a trusted proxy reports
 * (PROVISO_TRUST_PROXY).
 */
export const strangerAt = ({ ip }: Request): string => `address:${ip ?? 'unknown'}`;

/** How many requests of one workspace or address may wait for the database. More would time out and use memory. */
const WAITING_MAX = 70;

/**
 * Refuses the request of a caller who sends more than the database can handle, before anything is read or done. Throws
 * UNAVAILABLE.
 */
export function assertNotOverloaded({ db }: Pick<Services, 'db'>, tenant: string): void {
  if (db.waitingOf(tenant) > WAITING_MAX)
    throw new AppError('UNAVAILABLE', 'The service is overloaded. Try again shortly.');
}
