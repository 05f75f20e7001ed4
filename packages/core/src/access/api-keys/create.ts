// No credential can create one with more access, a longer life or a higher kind. Held by credentials.test.ts.
import { createKeyBody, lowerRole, ROLES, type ApiKey, type CreateKeyBody, type Role } from '@proviso/contracts';
import {
  authorizeConfiguration,
  authorizeCredentials,
  authorizePerson,
  keyIdOf,
  type Caller,
  type Context,
} from '../context.ts';
import { type Queryable, type Transaction } from '../../platform/db.ts';
import { sqlState } from '../../platform/database-errors.ts';
import { AppError, invalid } from '../../platform/errors.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId, parseId } from '../../platform/ids.ts';
import { lockMembers } from '../members/owners.ts';
import { assertKeyLimit } from '../members/limits.ts';
import { lockPerson } from './lock-person.ts';
import { presentKey } from './present.ts';
import { hashToken, lookupOf, newToken } from './token.ts';
import { statement } from '../../platform/statement.ts';

export interface CreatedKey {
  /** Null in a replay: the token is shown once and not stored. */
  token: string | null;
  key: ApiKey;
}

/** Creates a personal credential of the caller, or a key of the workspace or of one of its agents. */
export async function createKey(ctx: Context, input: unknown): Promise<CreatedKey> {
  authorizeCredentials(ctx);
  const { caller } = ctx;
  const body = createKeyBody.parse(input);
  const above = body.scopes.filter((scope) => !caller.scopes.includes(scope));
  if (above.length > 0)
    throw new AppError('FORBIDDEN', `You cannot grant scopes that your own token lacks: ${above.join(', ')}.`);
  const rights = body.kind === 'personal' ? personalKey(ctx, body) : await workspaceKey(ctx, body);
  const token = newToken();
  const data = {
    ...rights,
    id: newId(),
    name: body.name,
    scopes: body.scopes,
    lookup: lookupOf(token),
    token_hash: hashToken(token),
    made_by_key_id: keyIdOf(caller),
    created_by: { ...caller.actor },
  };
  const key = await inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    const now = await lockCreator(tx, ctx, rights.role);
    const expires_at = await expiryOf(tx, caller, body.expires_at);
    await assertKeyLimit(tx, rights);
    const made_by_person_id = rights.role === null ? null : now.caller.answersForId;
    return presentKey(await tx.tables.api_keys.create({ data: { ...data, made_by_person_id, expires_at } }));
  }).catch((error: unknown) => {
    throw sqlState(error) === FOREIGN_KEY_VIOLATION ? unknownAgent() : error;
  });
  return { token: ctx.idempotency?.replayed ? null : token, key };
}

/** PostgreSQL reports it when the agent is deleted concurrently. */
const FOREIGN_KEY_VIOLATION = '23503';
const unknownAgent = (): AppError => invalid('agent_id', 'is not an agent in this workspace');

function personalKey(ctx: Context, body: CreateKeyBody) {
  const person = authorizePerson(ctx);
  for (const field of ['agent_id', 'role', 'decides'] as const)
    if (body[field] !== undefined) throw invalid(field, 'cannot be combined with kind personal');
  return { kind: 'personal', role: null, person_id: person.id, home_workspace_id: ctx.caller.workspaceId };
}

/** A key bound to the workspace, with at most the caller's own rights there. */
async function workspaceKey(ctx: Context, body: CreateKeyBody) {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { caller } = ctx;
  const { kind = body.agent_id === undefined ? 'workspace' : 'agent', decides = false } = body;
  if (kind === 'workspace' && body.agent_id !== undefined)
    throw invalid('agent_id', 'cannot be combined with kind workspace');
  if (kind === 'agent' && body.agent_id === undefined) throw invalid('agent_id', 'is required with kind agent');
  const role = body.role ?? lowerRole('admin', caller.role);
  assertMayGrantKey(ctx, role);
  if (decides && kind === 'agent') throw invalid('decides', 'must be false: an agent never decides');
  if (decides && role === 'viewer') throw invalid('decides', 'must be false for a viewer, who never decides');
  if (decides && !caller.decides)
    throw new AppError('FORBIDDEN', 'You cannot create a key that decides, because your own credential cannot decide.');
  return {
    kind,
    role,
    decides,
    workspace_id: caller.workspaceId,
    agent_id: await agentOf(ctx, body),
  };
}

function assertMayGrantKey(ctx: Context, role: Role): void {
  authorizeConfiguration(ctx, 'workspace:admin');
  if (ROLES.indexOf(role) < ROLES.indexOf(ctx.caller.role))
    throw new AppError('FORBIDDEN', `You cannot grant the role ${role}: yours is ${ctx.caller.role}.`);
}

async function agentOf({ db, caller }: Context, { agent_id }: CreateKeyBody): Promise<string | null> {
  if (agent_id === undefined) return null;
  const uuid = parseId('agent', agent_id);
  const where = { id: uuid ?? '', workspace_id: caller.workspaceId };
  const agent = uuid && (await db.tables.agents.findFirst({ where }));
  if (!agent) throw unknownAgent();
  return agent.id;
}

/**
 * Creation takes the same lock as revocation, demotion and removal. So a credential that has ended creates nothing, and
 * no key escapes the revocation of its creator. Without a role, the key is a personal credential. Throws
 * UNAUTHENTICATED, FORBIDDEN.
 */
async function lockCreator(tx: Transaction, ctx: Context, role: Role | null): Promise<Context> {
  if (role === null) await lockPerson(tx, authorizePerson(ctx).id);
  const now = await lockMembers(tx, ctx);
  if (role !== null) assertMayGrantKey(now, role);
  return now;
}

const IS_FUTURE = statement<{ at: string }, { future: boolean }>(
  'is_future',
  'select :at::timestamptz > statement_timestamp() as future',
);

/** The requested expiry, at most the caller's own. Throws INVALID. */
async function expiryOf(db: Queryable, { expiresAt }: Caller, asked: string | undefined): Promise<string | null> {
  if (asked === undefined) return expiresAt?.toISOString() ?? null;
  const [answer] = await db.query(IS_FUTURE, { at: asked });
  if (!answer?.future) throw invalid('expires_at', 'is in the past');
  if (expiresAt && new Date(asked) > expiresAt)
    throw invalid('expires_at', `must not be later than ${expiresAt.toISOString()}, when your own credential expires`);
  return asked;
}
