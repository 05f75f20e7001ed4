import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

const MIGRATIONS = 'prisma/migrations';
const CREDENTIALS = '20261127184500_credentials';
const [V, B] = ['0190b0d0-0000-7000-8000-00000000000a', '0190b0d0-0000-7000-8000-00000000000b'];
const [ANN, BEN, CLEO] = ['1', '2', '3'].map((n) => `0190b0d0-0000-7000-8000-00000000001${n}`);

const textOf = (name: string): string => readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8');

describe('the migration to credentials of three kinds', () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query('create schema before; set search_path to before');
    const earlier = readdirSync(MIGRATIONS).filter((name) => !name.includes('.') && name < CREDENTIALS);
    for (const name of earlier.toSorted()) await client.query(textOf(name));
  });
  afterAll(() => client.end());

  it('lets no key act for a person or do more than before', async () => {
    const add = (table: string, rows: string): Promise<unknown> => client.query(`insert into ${table} values ${rows}`);
    await add('workspaces (id, name)', `('${V}', 'V'), ('${B}', 'B')`);
    await add(
      'users (id, email, name)',
      `('${ANN}', 'ann@x', 'Ann'), ('${BEN}', 'ben@x', 'Ben'), ('${CLEO}', 'c@x', 'C')`,
    );
    await add(
      'members (workspace_id, user_id, role)',
      `('${V}', '${ANN}', 'owner'), ('${B}', '${ANN}', 'viewer'), ('${B}', '${BEN}', 'reviewer')`,
    );
    await add('agents (id, workspace_id, name, updated_at)', `('${V}', '${V}', 'bot', now())`);
    const key = (n: number, workspace: string | null, user: string | undefined, agent: string | null = null): string =>
      `('0190b0d0-0000-7000-8000-00000000010${n}', ${workspace ? `'${workspace}'` : 'null'}, '${user}', ${agent ? `'${agent}'` : 'null'}, 'key ${n}', 'x', 'hash ${n}', '{actions:write}')`;
    await add(
      'api_keys (id, workspace_id, user_id, agent_id, name, lookup, token_hash, scopes)',
      [
        key(1, V, ANN), // the owner's
        key(2, B, ANN), // of V's owner, made by an admin of B
        key(3, null, ANN), // personal, with that key: the take-over
        key(4, null, BEN), // personal, of one workspace
        key(5, V, ANN, V), // an agent's
        key(6, null, CLEO), // personal, of nobody's member
        key(7, V, BEN), // of somebody who was removed
      ].join(', '),
    );
    await client.query(textOf(CREDENTIALS));
    const { rows } = await client.query<{ name: string }>(
      `select name, kind, workspace_id, person_id, role, decides, made_by_person_id as maker, revoked_at is not null as revoked
       from api_keys order by name`,
    );
    const workspaceKey = { kind: 'workspace', person_id: null, revoked: false };
    expect(rows).toEqual([
      { ...workspaceKey, name: 'key 1', workspace_id: V, role: 'admin', decides: true, maker: ANN },
      { ...workspaceKey, name: 'key 2', workspace_id: B, role: 'viewer', decides: false, maker: ANN },
      { ...workspaceKey, name: 'key 3', workspace_id: V, role: 'admin', decides: true, maker: ANN, revoked: true },
      { ...workspaceKey, name: 'key 4', workspace_id: B, role: 'reviewer', decides: true, maker: BEN },
      { ...workspaceKey, name: 'key 5', kind: 'agent', workspace_id: V, role: 'admin', decides: false, maker: ANN },
      { ...workspaceKey, name: 'key 7', workspace_id: V, role: 'viewer', decides: false, maker: BEN },
    ]);
  });
});
