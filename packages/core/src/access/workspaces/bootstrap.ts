import { SCOPES, scopesOf, type Scope } from '@proviso/contracts';
import type { Database, Tables, Transaction } from '../../platform/db.ts';
import { newId } from '../../platform/ids.ts';
import { hashToken, lookupOf, newToken, tokenFault } from '../api-keys/token.ts';
import { statement, type NoParams } from '../../platform/statement.ts';

export interface Bootstrap {
  /** The owner's key, used as given. Absent: no owner's key is created. */
  apiKey?: string | undefined;
  /** An agent's key, used as given. Absent: no agent is created. */
  agentKey?: string | undefined;
  /** An active `smtp` identity without credentials, for a mail server on this machine. */
  smtp?: { host: string; port: number; from: string } | undefined;
}

export interface Bootstrapped {
  workspaceId: string;
  /** False: a workspace existed, and only missing keys were created. */
  created: boolean;
  agentId: string | null;
  identityId: string | null;
  ownerId: string;
}

const LOCK = statement('bootstrap_lock', `select 1 as locked from pg_advisory_xact_lock(7106)`);

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

/** Creates the first workspace with its owner and the requested keys. Running it again changes nothing. */
export async function bootstrap(db: Database, wanted: Bootstrap): Promise<Bootstrapped> {
  for (const [name, token] of [
    ['PROVISO_API_KEY', wanted.apiKey],
    ['PROVISO_AGENT_KEY', wanted.agentKey],
  ] as const) {
    const fault = token && tokenFault(token);
    if (fault) throw new Error(`${name} ${fault}.`);
  }
  return db.transaction(async (tx) => {
    await tx.query(LOCK, {}); // two processes that start at the same time create one workspace
    const { tables } = tx;
    const first = await findFirstOwner(tables);
    const owner = first ?? (await createOwner(tables));
    const agentId = wanted.agentKey ? await ensureAgent(tables, owner.workspace_id) : null;
    if (wanted.apiKey) await ensureOwnersKey(tables, owner, wanted.apiKey);
    if (wanted.agentKey && agentId) await ensureAgentKey(tables, owner, agentId, wanted.agentKey);
    const identityId = wanted.smtp ? await ensureSmtp(tables, owner.workspace_id, wanted.smtp) : null;
    return { workspaceId: owner.workspace_id, created: !first, agentId, identityId, ownerId: owner.user_id };
  });
}

/** The owner of the first workspace, which the operator keeps even when others were created since. */
const findFirstOwner = ({ members }: Tables) =>
  members.findFirst({
    where: { role: 'owner' },
    orderBy: [{ workspace: { created_at: 'asc' } }, { workspace_id: 'asc' }, { created_at: 'asc' }, { user_id: 'asc' }],
  });

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

const BOOTSTRAP = { kind: 'system', id: 'bootstrap', name: 'Bootstrap' };

/** The first owner's personal credential. A known one keeps its rights or its revocation. */
async function ensureOwnersKey(
  tables: Tables,
  owner: Owner,
  token: string,
  scopes: readonly Scope[] = SCOPES,
): Promise<void> {
  const personal = {
    kind: 'personal',
    person_id: owner.user_id,
    home_workspace_id: owner.workspace_id,
    workspace_id: null,
    role: null,
    decides: false,
    made_by_person_id: null,
  };
  const token_hash = hashToken(token);
  const known = await tables.api_keys.findUnique({ where: { token_hash } });
  // It dates from before keys had kinds, so it is bound to the owner's workspace.
  if (known?.kind === 'workspace' && known.made_by_person_id === owner.user_id)
    await tables.api_keys.update({ where: { token_hash }, data: personal });
  if (known) return;
  const data = { ...personal, id: newId(), name: 'Owner', lookup: lookupOf(token), token_hash, scopes: [...scopes] };
  await tables.api_keys.create({ data: { ...data, created_by: BOOTSTRAP } });
}

async function ensureAgentKey(tables: Tables, owner: Owner, agentId: string, token: string): Promise<void> {
  const token_hash = hashToken(token);
  await tables.api_keys.upsert({
    where: { token_hash },
    update: {}, // a known key keeps its rights or its revocation
    create: {
      id: newId(),
      kind: 'agent',
      workspace_id: owner.workspace_id,
      agent_id: agentId,
      role: 'admin',
      made_by_person_id: owner.user_id,
      created_by: BOOTSTRAP,
      name: 'Demo agent',
      lookup: lookupOf(token),
      token_hash,
      scopes: AGENT_SCOPES,
    },
  });
}

/** The oldest owner of each workspace that has no owner who can sign in. */
const LOCKED_OUT = statement<NoParams, Owner & { email: string; workspace_name: string }>(
  'bootstrap_locked_out',
  `
    select distinct on (m.workspace_id) m.workspace_id, m.user_id, u.email, w.name as workspace_name
    from members m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
    where m.role = 'owner' and not exists (
      select from members o where o.workspace_id = m.workspace_id and o.role = 'owner' and (
        exists (select from sign_in_methods s where s.user_id = o.user_id)
        or exists (select from api_keys k where k.person_id = o.user_id
          and k.revoked_at is null and k.expires_at is null and 'workspace:admin' = any(k.scopes))))
    order by m.workspace_id, m.created_at, m.user_id`,
);

export interface Recovered {
  workspaceId: string;
  workspaceName: string;
  email: string;
  token: string;
}

/**
 * Lets operators recover access: creates a personal credential for the oldest owner of each workspace whose owners
 * cannot sign in. Only that of the first workspace operates the instance.
 */
export async function recoverOwners(db: Database): Promise<Recovered[]> {
  return db.transaction(async (tx) => {
    await tx.query(LOCK, {});
    const first = await findFirstOwner(tx.tables);
    const recovered: Recovered[] = [];
    for (const { workspace_name: workspaceName, email, ...owner } of await tx.query(LOCKED_OUT, {})) {
      const token = newToken();
      const isFirst = owner.workspace_id === first?.workspace_id;
      await ensureOwnersKey(tx.tables, owner, token, isFirst ? SCOPES : scopesOf('owner'));
      recovered.push({ workspaceId: owner.workspace_id, workspaceName, email, token });
    }
    return recovered;
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
