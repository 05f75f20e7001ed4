import { AppError, invalid, type LookupContext } from '@proviso/core/executor';
import { cacheForMinute } from '../http/cache.ts';
import type { ExecutorSettings } from '../settings.ts';
import { openResend, type ResendAccount } from './client.ts';

const LOOKUP_LIMIT_MS = 10_000;

interface NamedSegment {
  path: string;
  id: string;
}

/** Finds the names of segments, in the given order; undefined if Resend cannot be reached. Throws INVALID. */
export function segmentFinder(settings: ExecutorSettings) {
  const remembered = cacheForMinute<string>();
  return async (segments: NamedSegment[], ctx: LookupContext): Promise<string[] | undefined> => {
    const account = openResend(await ctx.openCredentials(), AbortSignal.timeout(LOOKUP_LIMIT_MS), settings);
    if (!account) throw invalid('identity_id', 'has no Resend API key');
    const names: string[] = [];
    try {
      for (const segment of segments) {
        names.push(await remembered(`${account.apiKey} ${segment.id}`, () => nameOf(account, segment)));
      }
      return names;
    } catch (error) {
      if (error instanceof AppError) throw error;
      return undefined;
    }
  };
}

/** Throws INVALID for a segment that does not exist, and for a key that may not read it. */
async function nameOf({ client }: ResendAccount, { path, id }: NamedSegment): Promise<string> {
  const { data, error } = await client.segments.get(id);
  if (data) return data.name;
  if (error.name === 'not_found') throw invalid(path, 'is not a segment of this Resend account');
  if (error.statusCode === 401 || error.statusCode === 403)
    throw invalid('identity_id', `is refused by Resend: ${error.name}`);
  throw new Error(error.name);
}
