import { noBody, type AccessKey } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { AppError, notFound } from '../errors.ts';
import { readId } from '../ids.ts';
import { keysOf } from './list.ts';
import { showKey } from './show.ts';

const REVOKE = {
  name: 'key_revoke',
  text: `update api_keys set revoked_at = clock_timestamp() where id = $1::uuid and revoked_at is null returning id`,
};

/** Ends a key for good: the next request with it is refused, in every process. */
export async function revokeKey(ctx: Context, id: string, input: unknown): Promise<AccessKey> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const uuid = readId('key', id);
  const where = { id: uuid ?? '', ...keysOf(ctx) };
  const seen = uuid && (await ctx.db.tables.api_keys.findFirst({ where }));
  if (!seen) throw notFound('API key');
  const revoked = await ctx.db.query(REVOKE, [seen.id]);
  if (revoked.length === 0) throw new AppError('INVALID_STATE', 'The key is revoked already.');
  return showKey(await ctx.db.tables.api_keys.findUniqueOrThrow({ where: { id: seen.id } }));
}
