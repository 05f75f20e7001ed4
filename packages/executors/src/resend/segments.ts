import { AppError, type LookupContext } from '@proviso/core/executor';
import type { ExecutorSettings } from '../settings.ts';
import { openResend } from './client.ts';

const LOOKUP_LIMIT_MS = 10_000;

const invalid = (path: string, message: string): AppError =>
  new AppError('INVALID', `${path}: ${message}.`, [{ path, message }]);

/**
 * What Resend calls these segments, in their order; undefined while it cannot be asked. Throws INVALID for one that is
 * not there, and for a key that may not see them.
 */
export async function segmentNames(
  segments: { path: string; id: string }[],
  ctx: LookupContext,
  settings: ExecutorSettings,
): Promise<string[] | undefined> {
  const account = openResend(await ctx.openCredentials(), AbortSignal.timeout(LOOKUP_LIMIT_MS), settings);
  if (!account) throw invalid('identity_id', 'has no Resend API key');
  const names: string[] = [];
  for (const { path, id } of segments) {
    const { data, error } = await account.client.segments.get(id).catch(() => ({ data: null, error: null }));
    if (error?.name === 'not_found') throw invalid(path, 'is not a segment of this Resend account');
    if (error?.statusCode === 401 || error?.statusCode === 403)
      throw invalid('identity_id', `is refused by Resend: ${error.name}`);
    if (!data) return undefined;
    names.push(data.name);
  }
  return names;
}
