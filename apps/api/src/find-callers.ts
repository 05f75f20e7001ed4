// Who sends a request: its credential is looked up and its limits are counted before anything else of it is read.
import {
  AppError,
  authenticate,
  authenticatePerson,
  type AuthenticatedPerson,
  type Caller,
  type Services,
} from '@proviso/core';
import type { Request, Response } from 'express';
import { assertOwnPage, tokenOf } from './bearer.ts';
import {
  consumeCallerLimits,
  consumePersonLimits,
  consumeStrangerLimit,
  lookUpCaller,
  strangerAt,
} from './rate-limiting.ts';
import type { Sharing } from './route.ts';

interface Asking extends Pick<Services, 'db'> {
  sharing: Pick<Sharing, 'limits' | 'knownTokens' | 'callerCache'>;
}

/**
 * No body is read before its caller is authenticated and authorised. `mayBeRecent`: what an API key stood for a moment
 * ago is good enough.
 */
export async function callersOf(
  { db, sharing, mayBeRecent = false }: Asking & { mayBeRecent?: boolean },
  req: Request,
  res: Response,
): Promise<Caller[]> {
  const { limits, knownTokens, callerCache } = sharing;
  assertOwnPage(req);
  const token = tokenOf(req);
  const find = (): Promise<Caller[]> => authenticate(db, token);
  const isKey = token !== undefined && req.headers.authorization !== undefined;
  const findOrRecall = mayBeRecent && isKey ? () => callerCache.get(token, find) : find;
  const callers = await findCaller(findOrRecall, sharing, req, res);
  const [caller] = callers;
  if (!caller) return callers;
  if (!knownTokens.tenantOf(token)) knownTokens.remember(token, caller.workspaceId);
  res.locals.credential = { kind: caller.kind, id: caller.tokenId };
  await consumeCallerLimits(limits, caller, res);
  return callers;
}

/** The person of a request that may come without a credential. */
export async function personOf(
  { db, sharing }: Asking,
  req: Request,
  res: Response,
): Promise<AuthenticatedPerson | undefined> {
  const { limits, knownTokens } = sharing;
  assertOwnPage(req);
  if (tokenOf(req) === undefined && req.headers.authorization === undefined) {
    await consumeStrangerLimit(limits, strangerAt(req), res);
    return undefined;
  }
  const found = await findCaller(() => authenticatePerson(db, tokenOf(req)), sharing, req, res).catch(
    (error: unknown) => {
      if (req.headers.authorization === undefined && error instanceof AppError && error.code === 'UNAUTHENTICATED')
        return;
      throw error;
    },
  );
  if (!found) return undefined; // an expired cookie counts as none
  if (!knownTokens.tenantOf(tokenOf(req))) knownTokens.remember(tokenOf(req), found.person.id);
  res.locals.credential = { kind: 'person', id: found.tokenId };
  await consumePersonLimits(limits, found, res);
  return found;
}

/** A caller who is refused before the token counts, such as a disabled agent, counts as a stranger at that address. */
async function findCaller<T>(
  find: () => Promise<T>,
  sharing: Asking['sharing'],
  req: Request,
  res: Response,
): Promise<T> {
  const { limits, knownTokens } = sharing;
  const given = tokenOf(req);
  const isKnown = knownTokens.tenantOf(given) !== undefined;
  return lookUpCaller({ limits, given, isKnown, find }, req, res).catch((error: unknown) => {
    if (isKnown && error instanceof AppError) knownTokens.forget(given);
    throw error;
  });
}
