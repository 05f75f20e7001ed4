import { updateIdentityBody, type Identity, type JsonObject, type Provider } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { hashJson } from '../platform/canonical.ts';
import { DbNull } from '../platform/db.ts';
import { readConfig, sealCredentials } from './create.ts';
import { getIdentityInWorkspace } from './get.ts';
import { presentIdentity } from './present.ts';

/**
 * Changes an identity. For approvals, another config is another account: what was cleared with the old one returns to a
 * person. New credentials or another pacing do not have that effect. A failing identity is tried again at once.
 */
export async function updateIdentity(ctx: Context, id: string, input: unknown): Promise<Identity> {
  authorizeConfiguration(ctx, 'identities:write');
  const body = updateIdentityBody.parse(input);
  const seen = await getIdentityInWorkspace(ctx, id);
  const provider = seen.provider as Provider;
  const config = body.config && readConfig(ctx, provider, body.config);
  const changed = config && hashJson(config) !== hashJson(seen.config as JsonObject);
  const row = await ctx.db.tables.identities.update({
    where: { id: seen.id },
    data: {
      ...(body.name && { name: body.name }),
      ...(body.status && { status: body.status }),
      ...(changed && { config, config_version: { increment: 1 } }),
      ...(body.credentials !== undefined && {
        credentials: body.credentials && sealCredentials(ctx, seen.id, provider, body.credentials),
        account: null, // the next verification finds out
      }),
      ...(body.pacing !== undefined && { pacing: body.pacing ?? DbNull }),
      ...(body.status && { failing_since: null, failure: null, failures: 0 }),
      ...(seen.status === 'failing' && { not_before: null }),
    },
  });
  return presentIdentity(row);
}
