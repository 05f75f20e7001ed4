import { createLegalHoldBody, type LegalHold } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../../access/context.ts';
import { LOCK_AGAINST_RETENTION } from '../../action/sql/retention.ts';
import { notFound } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId, parseId } from '../../platform/ids.ts';
import { presentLegalHold } from './present.ts';

/** Places a hold. Once this returns, nothing that it covers is redacted or deleted. */
export async function createLegalHold(ctx: Context, input: unknown): Promise<LegalHold> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { reason, mission_id = null, ...named } = createLegalHoldBody.parse(input);
  const workspace_id = ctx.caller.workspaceId;
  const action_id = await findNamed(named.action_id, 'action', (id) =>
    ctx.db.tables.actions.findFirst({ where: { id, workspace_id }, select: { id: true } }),
  );
  const run_id = await findNamed(named.run_id, 'run', (id) =>
    ctx.db.tables.agent_runs.findFirst({ where: { id, workspace_id }, select: { id: true } }),
  );
  const data = { id: newId(), workspace_id, action_id, run_id, mission_id, reason, created_by: ctx.caller.actor };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.query(LOCK_AGAINST_RETENTION, { workspace: workspace_id });
    return presentLegalHold(await tx.tables.legal_holds.create({ data }));
  });
}

/** The id of what the body names, which must be in the workspace. Throws NOT_FOUND. */
async function findNamed(
  given: string | undefined,
  kind: 'action' | 'run',
  find: (id: string) => Promise<{ id: string } | null>,
): Promise<string | null> {
  if (given === undefined) return null;
  const id = parseId(kind, given);
  const found = id ? await find(id) : null;
  if (!found) throw notFound(kind);
  return found.id;
}
