import type { Context } from '../context.ts';
import type { Queryable } from '../../platform/db.ts';
import { currentCaller } from './authenticate.ts';

/**
 * Asks again whether the caller may, as they are by now: before a write, after others were asked, who may have taken their
 * time. Throws UNAUTHENTICATED, FORBIDDEN. Held by credentials-meanwhile.test.ts.
 */
export async function stillMay(db: Queryable, ctx: Context, may: (now: Context) => void): Promise<Context> {
  const now = { ...ctx, caller: await currentCaller(db, ctx.caller) };
  may(now);
  return now;
}
