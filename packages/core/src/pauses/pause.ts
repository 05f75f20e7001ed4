// A pause takes the lock that every claim shares (may_start, in the migrations) exclusively, so that every claim has
// seen it when it replies. Held by pause.test.ts.
import { pauseBody, type Actor, type PauseBody } from '@proviso/contracts';
import { authorizeConfiguration, authorize, type Context } from '../access/context.ts';
import type { Transaction } from '../platform/db.ts';
import { invalid } from '../platform/errors.ts';
import { executorOf } from '../tools/find-executor.ts';
import type { pauses } from '../generated/client.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId, parseId, formatIdOrNull } from '../platform/ids.ts';
import { statement } from '../platform/statement.ts';

/** The lock of may_start. */
export const PAUSE_LOCK = statement('pause_gate', 'select 1 as locked from pg_advisory_xact_lock(7105)');

export interface Paused {
  scope: 'everything' | 'workspace' | 'agent' | 'type';
  agent_id: string | null;
  type: string | null;
  since: string;
  by: Actor;
}

type PauseTarget = Pick<pauses, 'workspace_id' | 'agent_id' | 'type'>;

/** Whether the caller may pause anything; the body says what. Throws FORBIDDEN. */
export function authorizePausing(ctx: Context): void {
  const operates = ctx.caller.scopes.includes('instance:operate');
  authorizeConfiguration(ctx, operates ? 'instance:operate' : 'actions:write');
}

/** Stops new starts: nothing new starts after this returns. Running actions continue to their end. */
export async function pauseWork(ctx: Context, input: unknown): Promise<Paused[]> {
  const what = await authorizePause(ctx, input);
  const { paused } = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.query(PAUSE_LOCK, {});
    const known = await tx.tables.pauses.findFirst({ where: what });
    if (!known) await tx.tables.pauses.create({ data: { ...what, id: newId(), created_by: ctx.caller.actor } });
    return { paused: presentPauses(await findPauses(tx, ctx)) };
  });
  return paused;
}

/** Ends a pause; what is due starts with the next sweep. */
export async function resumeWork(ctx: Context, input: unknown): Promise<Paused[]> {
  const what = await authorizePause(ctx, input);
  const { paused } = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.tables.pauses.deleteMany({ where: what });
    return { paused: presentPauses(await findPauses(tx, ctx)) };
  });
  return paused;
}

/** Lists what pauses this workspace's work. */
export async function listPauses(ctx: Context): Promise<Paused[]> {
  authorize(ctx, 'actions:read');
  return presentPauses(await findPauses(ctx.db, ctx));
}

async function authorizePause(ctx: Context, input: unknown): Promise<PauseTarget> {
  authorizePausing(ctx);
  const body: PauseBody = pauseBody.parse(input);
  authorizeConfiguration(ctx, body.everything ? 'instance:operate' : 'actions:write');
  if (body.everything) return { workspace_id: null, agent_id: null, type: null };
  const workspace_id = ctx.caller.workspaceId;
  if (body.type) await executorOf(ctx, body.type);
  if (!body.agent_id) return { workspace_id, agent_id: null, type: body.type ?? null };
  const uuid = parseId('agent', body.agent_id);
  const agent = uuid && (await ctx.db.tables.agents.findFirst({ where: { id: uuid, workspace_id } }));
  if (!agent) throw invalid('agent_id', 'is not an agent in this workspace');
  return { workspace_id, agent_id: agent.id, type: null };
}

const findPauses = ({ tables }: Pick<Transaction, 'tables'>, { caller }: Context): Promise<pauses[]> =>
  tables.pauses.findMany({
    where: { OR: [{ workspace_id: caller.workspaceId }, { workspace_id: null }] },
    orderBy: { created_at: 'asc' },
  });

const scopeOf = ({ workspace_id, agent_id, type }: PauseTarget): Paused['scope'] =>
  agent_id ? 'agent' : type ? 'type' : workspace_id ? 'workspace' : 'everything';

/** Tenants do not learn who paused the whole instance. */
const OPERATOR: Actor = { kind: 'system', id: 'instance', name: 'Operator' };

const presentPauses = (rows: pauses[]) =>
  rows.map((row) => ({
    scope: scopeOf(row),
    agent_id: formatIdOrNull('agent', row.agent_id),
    type: row.type,
    since: row.created_at.toISOString(),
    by: row.workspace_id ? (row.created_by as Actor) : OPERATOR,
  }));
