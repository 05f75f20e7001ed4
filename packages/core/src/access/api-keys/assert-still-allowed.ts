import type { Context } from '../context.ts';
import type { Queryable } from '../../platform/db.ts';
import { currentCaller } from './authenticate.ts';

/**
 * Checks the right again before a write: it may have ended while a provider took its time to answer. Throws
 * UNAUTHENTICATED, FORBIDDEN. Held by credentials-races.test.ts.
 */
export async function assertStillAllowed(db: Queryable, ctx: Context, may: (now: Context) => void): Promise<Context> {
  const now = { ...ctx, caller: await currentCaller(db, ctx.caller) };
  may(now);
  return now;
}
