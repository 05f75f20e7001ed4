import { createKeyBody, type AccessKey, type CreateKeyBody } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../context.ts';
import { sqlState, type Queryable } from '../db.ts';
import { AppError, invalid } from '../errors.ts';
import { once } from '../idempotency.ts';
import { newId, readId } from '../ids.ts';
import { showKey } from './show.ts';
import { hashToken, lookupOf, newToken } from './token.ts';

export interface CreatedKey {
  /** Null in a replay: it is shown once, and kept nowhere. */
  token: string | null;
  key: AccessKey;
}

/** Makes a key of the caller, or of a member, with no more scopes than the caller's own. */
export async function createKey(ctx: Context, input: unknown): Promise<CreatedKey> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const body = createKeyBody.parse(input);
  const above = body.scopes.filter((scope) => !ctx.caller.scopes.includes(scope));
  if (above.length > 0) throw new AppError('FORBIDDEN', `The token lacks what it would give: ${above.join(', ')}.`);
  if (body.personal && body.agent_id) throw invalid('agent_id', 'cannot stand beside personal');
  if (body.personal && body.user_id) throw invalid('user_id', 'cannot stand beside personal');
  const token = newToken();
  const data = {
    id: newId(),
    workspace_id: body.personal ? null : ctx.caller.workspaceId,
    user_id: await userOf(ctx, body),
    agent_id: await agentOf(ctx, body),
    name: body.name,
    lookup: lookupOf(token),
    token_hash: hashToken(token),
    scopes: body.scopes,
    expires_at: body.expires_at ?? null,
  };
  const key = await once(ctx.db, ctx.idempotency, async (tx) => {
    if (body.expires_at) await demandFuture(tx, body.expires_at);
    return showKey(await tx.tables.api_keys.create({ data }));
  }).catch((error: unknown) => {
    throw sqlState(error) === FOREIGN_KEY_VIOLATION ? unknownAgent() : error;
  });
  return { token: ctx.idempotency?.replayed ? null : token, key };
}

/** The agent was deleted in this moment. */
const FOREIGN_KEY_VIOLATION = '23503';
const unknownAgent = (): AppError => invalid('agent_id', 'is not an agent of this workspace');

/** Whose key it is. Nobody but an owner speaks for an owner. */
async function userOf({ db, caller }: Context, { user_id }: CreateKeyBody): Promise<string> {
  if (user_id === undefined) return caller.user.id;
  const uuid = readId('user', user_id);
  const where = { workspace_id: caller.workspaceId, user_id: uuid ?? '' };
  const member = uuid && (await db.tables.members.findFirst({ where }));
  if (!member) throw invalid('user_id', 'is not a member of this workspace');
  if (member.role === 'owner' && caller.role !== 'owner')
    throw new AppError('FORBIDDEN', 'Only an owner makes a key for an owner.');
  return member.user_id;
}

async function agentOf({ db, caller }: Context, { agent_id }: CreateKeyBody): Promise<string | null> {
  if (agent_id === undefined) return null;
  const uuid = readId('agent', agent_id);
  const where = { id: uuid ?? '', workspace_id: caller.workspaceId };
  const agent = uuid && (await db.tables.agents.findFirst({ where }));
  if (!agent) throw unknownAgent();
  return agent.id;
}

const IS_FUTURE = { name: 'is_future', text: 'select $1::timestamptz > statement_timestamp() as future' };

async function demandFuture(db: Queryable, at: string): Promise<void> {
  const [answer] = await db.query<{ future: boolean }>(IS_FUTURE, [at]);
  if (!answer?.future) throw invalid('expires_at', 'is in the past');
}
