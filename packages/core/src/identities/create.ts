import { createIdentityBody, type Identity, type JsonObject, type Provider } from '@proviso/contracts';
import type { z } from 'zod';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { sealSecret } from '../platform/secrets.ts';
import { credentialsAad } from './associated-data.ts';
import { presentIdentity } from './present.ts';

/** Adds an account to act as. Its credentials are encrypted and never shown again. */
export async function createIdentity(ctx: Context, input: unknown): Promise<Identity> {
  authorizeConfiguration(ctx, 'identities:write');
  const body = createIdentityBody.parse(input);
  const id = newId();
  const config = readConfig(ctx, body.provider, body.config);
  const credentials = body.credentials ? sealCredentials(ctx, id, body.provider, body.credentials) : null;
  const { provider, name, pacing } = body;
  const data = {
    id,
    workspace_id: ctx.caller.workspaceId,
    provider,
    name,
    config,
    credentials,
    ...(pacing && { pacing }),
  };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) =>
    presentIdentity(await tx.tables.identities.create({ data })),
  );
}

function parseAt<T>(path: string, schema: z.ZodType<T>, value: JsonObject): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    path: [path, ...issue.path].join('.'),
    message: issue.message,
  }));
  throw new AppError('INVALID', details.map((detail) => `${detail.path}: ${detail.message}`).join('; '), details);
}

/** Drops absent fields. */
const jsonOf = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

/** Parses the public part by its provider's schema. */
export function readConfig({ executors }: Context, provider: Provider, config: JsonObject): JsonObject {
  const kind = executors.provider(provider);
  return kind ? jsonOf(parseAt('config', kind.config, config)) : config;
}

export function sealCredentials(ctx: Context, id: string, provider: Provider, credentials: JsonObject): string {
  const kind = ctx.executors.provider(provider);
  if (kind?.credentials === null)
    throw invalid('credentials', `do not apply to an identity of ${provider}: leave them out`);
  const checked = kind?.credentials ? jsonOf(parseAt('credentials', kind.credentials, credentials)) : credentials;
  return sealSecret(ctx.secrets, checked, credentialsAad(id));
}
