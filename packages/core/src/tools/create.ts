import { randomBytes } from 'node:crypto';
import { createToolBody, type Tool } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { invalid } from '../platform/errors.ts';
import type { tools } from '../generated/client.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { sealSecret } from '../platform/secrets.ts';
import { checkSchema } from '../schema/input-schema.ts';
import { toolSecretAad } from './associated-data.ts';
import { presentTool } from './present.ts';
import { statement } from '../platform/statement.ts';

interface RegisterParams {
  workspace: string;
  name: string;
  url: string;
  /** As JSON. */
  inputSchema: string;
  idempotent: boolean;
  /** A new secret, sealed. */
  secret: string;
}

const REGISTER = statement<RegisterParams, tools>(
  'tool_register',
  `
    insert into tools as t (workspace_id, name, url, input_schema, idempotent, secret)
    values (:workspace::uuid, :name, :url, :inputSchema::jsonb, :idempotent::boolean, :secret)
    on conflict (workspace_id, name) do update set
      version = t.version + 1, url = excluded.url, input_schema = excluded.input_schema, idempotent = excluded.idempotent,
      secret = case when t.deleted_at is null then t.secret else excluded.secret end,
      deleted_at = null, updated_at = clock_timestamp()
    returning *`,
);

export interface CreatedTool {
  /** Null if the tool keeps its secret, and in a replay: the secret is shown once. */
  secret: string | null;
  /** The parts of the schema that are not checked, in words. */
  untested: string[];
  tool: Tool;
}

/**
 * Registers a tool or a new version of one: approvals for the previous version return to review. The first registration
 * creates the signing secret, and later ones keep it, so that the provider can still verify calls.
 */
export async function createTool(ctx: Context, input: unknown): Promise<CreatedTool> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { name, url, input_schema, idempotent } = createToolBody.parse(input);
  if (ctx.executors.get(name)) throw invalid('name', 'is a built-in type');
  const unfit = ctx.executors.tools?.addressFault(new URL(url));
  if (unfit) throw invalid('url', unfit);
  const { workspaceId } = ctx.caller;
  const { fault, untested } = await checkSchema({ workspaceId, schema: input_schema });
  if (fault !== undefined) throw invalid('input_schema', fault);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const sealed = sealSecret(ctx.secrets, { secret }, toolSecretAad(workspaceId, name));
  let fresh = false;
  const tool = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    const [row] = await tx.query(REGISTER, {
      workspace: workspaceId,
      name,
      url,
      inputSchema: JSON.stringify(input_schema),
      idempotent,
      secret: sealed,
    });
    if (!row) throw new Error('an upsert returned no row');
    fresh = row.secret === sealed;
    return presentTool(row);
  });
  return { secret: fresh ? secret : null, untested, tool };
}
