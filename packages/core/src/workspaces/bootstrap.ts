import { SCOPES, type Scope } from '@proviso/contracts';
import type { Database, Tables, Transaction } from '../db.ts';
import { newId } from '../ids.ts';
import { hashToken, lookupOf, tokenFault } from '../keys/token.ts';

export interface Bootstrap {
  /** The owner's key, used as given. Absent = no owner's key is made. */
  apiKey?: string | undefined;
  /** An agent's key, used as given. Absent = no agent is made. */
  agentKey?: string | undefined;
  /** An active `smtp` identity without credentials, for a mail server on this machine. */
  smtp?: { host: string; port: number; from: string } | undefined;
}

export interface Bootstrapped {
  workspaceId: string;
  /** False = a workspace was there, and nothing new was made but missing keys. */
  created: boolean;
  agentId: string | null;
  identityId: string | null;
}

const LOCK = {
  name: 'bootstrap_lock',
  text: `select 1 as locked from pg_advisory_xact_lock(7106)`,
};

const AGENT_SCOPES: Scope[] = [
  'actions:read',
  'actions:write',
  'contacts:read',
  'contacts:write',
  'companies:read',
  'companies:write',
  'identities:read',
  'agents:read',
  'agents:trigger',
];

/** Makes the first workspace with its owner, and the keys that were asked for. Run again, it changes nothing. */
export async function bootstrap(db: Database, wanted: Bootstrap): Promise<Bootstrapped> {
  for (const [name, token] of [
    ['PROVISO_API_KEY', wanted.apiKey],
    ['PROVISO_AGENT_KEY', wanted.agentKey],
  ] as const) {
    const fault = token && tokenFault(token);
    if (fault) throw new Error(`${name} ${fault}.`);
  }
  return db.transaction(async (tx) => {
    await tx.query(LOCK, []); // two processes that start at once make one workspace
    const { tables } = tx;
    const first = await tables.members.findFirst({ where: { role: 'owner' }, orderBy: { created_at: 'asc' } });
    const owner = first ?? (await createOwner(tables));
    const agentId = wanted.agentKey ? await ensureAgent(tables, owner.workspace_id) : null;
    if (wanted.apiKey)
      await ensureKey(tables, owner, wanted.apiKey, { name: 'Owner', scopes: [...SCOPES], agentId: null });
    if (wanted.agentKey)
      await ensureKey(tables, owner, wanted.agentKey, { name: 'Demo agent', scopes: AGENT_SCOPES, agentId });
    const identityId = wanted.smtp ? await ensureSmtp(tables, owner.workspace_id, wanted.smtp) : null;
    return { workspaceId: owner.workspace_id, created: !first, agentId, identityId };
  });
}

type Owner = { workspace_id: string; user_id: string };

async function createOwner(tables: Tables): Promise<Owner> {
  const workspace = await tables.workspaces.create({ data: { id: newId(), name: 'Main' } });
  const user = await tables.users.create({ data: { id: newId(), email: 'owner@localhost', name: 'Owner' } });
  return tables.members.create({ data: { workspace_id: workspace.id, user_id: user.id, role: 'owner' } });
}

async function ensureAgent(tables: Tables, workspaceId: string): Promise<string> {
  const name = 'Demo agent';
  const known = await tables.agents.findFirst({ where: { workspace_id: workspaceId, name } });
  return known?.id ?? (await tables.agents.create({ data: { id: newId(), workspace_id: workspaceId, name } })).id;
}

async function ensureKey(
  tables: Tables,
  owner: Owner,
  token: string,
  key: { name: string; scopes: Scope[]; agentId: string | null },
): Promise<void> {
  const token_hash = hashToken(token);
  await tables.api_keys.upsert({
    where: { token_hash },
    update: {}, // known already: its rights, or its revocation, stand
    create: {
      id: newId(),
      workspace_id: owner.workspace_id,
      user_id: owner.user_id,
      agent_id: key.agentId,
      name: key.name,
      lookup: lookupOf(token),
      token_hash,
      scopes: key.scopes,
    },
  });
}

async function ensureSmtp(tables: Transaction['tables'], workspaceId: string, config: object): Promise<string> {
  const name = 'Local mail';
  const known = await tables.identities.findFirst({
    where: { workspace_id: workspaceId, provider: 'smtp', name, deleted_at: null },
  });
  if (known && JSON.stringify(known.config) === JSON.stringify({ ...(known.config as object), ...config }))
    return known.id;
  if (known) {
    const data = { config: { ...config }, config_version: { increment: 1 } };
    return (await tables.identities.update({ where: { id: known.id }, data })).id;
  }
  const data = { id: newId(), workspace_id: workspaceId, provider: 'smtp', name, config: { ...config } };
  return (await tables.identities.create({ data })).id;
}
