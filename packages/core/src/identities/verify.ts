import { noBody, type Identity } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import type { Verification } from '../executors/provider.ts';
import { runAndKeepReply } from '../platform/idempotency.ts';
import { getIdentityInWorkspace } from './get.ts';
import { recordVerification } from './record-verification.ts';
import { presentIdentity } from './present.ts';
import { testConnection } from './test-connection.ts';

/** Connects as the identity and stores whether its account answered. */
export async function verifyIdentity(
  ctx: Context,
  id: string,
  input: unknown,
): Promise<{ verification: Verification; identity: Identity }> {
  authorizeConfiguration(ctx, 'identities:write');
  noBody.parse(input);
  const seen = await getIdentityInWorkspace(ctx, id);
  return runAndKeepReply(ctx.db, ctx.idempotency, async () => {
    const verification = await testConnection(ctx, seen);
    return { verification, identity: presentIdentity(await recordVerification(ctx.db, seen, verification)) };
  });
}
