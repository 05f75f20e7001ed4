import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

const MIGRATIONS = 'prisma/migrations';
const CREDENTIALS = '20261127184500_credentials';
const RENAME = '20261128024236_returned_to_review';
const [V, B] = ['0190b0d0-0000-7000-8000-00000000000a', '0190b0d0-0000-7000-8000-00000000000b'];
const [ANN, BEN, CLEO] = ['1', '2', '3'].map((n) => `0190b0d0-0000-7000-8000-00000000001${n}`);

const textOf = (name: string): string => readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8');

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
});
afterAll(() => client.end());

/** A schema as it was before that migration. */
async function before(migration: string): Promise<void> {
  const schema = `before_${migration}`;
  await client.query(`create schema "${schema}"; set search_path to "${schema}"`);
  const earlier = readdirSync(MIGRATIONS).filter((name) => !name.includes('.') && name < migration);
  for (const name of earlier.toSorted()) await client.query(textOf(name));
}

describe('the migration to credentials of three kinds', () => {
  it('lets no key act for a person or do more than before', async () => {
    await before(CREDENTIALS);
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

describe('the migration to action.returned_to_review', () => {
  it('keeps where a running action came from, and the history of every action under the new name', async () => {
    await before(RENAME);
    await client.query(`insert into workspaces (id, name) values ('${V}', 'V')`);
    await client.query(`
      insert into actions (id, workspace_id, type, params, status, cleared_as, cleared_hash, created_by, lease_until, updated_at, due_at)
      values ('${V}', '${V}', 'create_note', '{}', 'running', 'approved', 'hash', '{}', now(), now(), now())`);
    await client.query(`
      insert into action_events (action_id, version, workspace_id, event, status, actor, at)
      select '${V}', version, '${V}', event, 'running', '{}', now()
      from (values (1, 'action.created'), (2, 'action.regated'), (3, 'action.claimed')) as e(version, event)`);
    await client.query(textOf(RENAME));
    const { rows } = await client.query('select event from action_events order by version');
    expect(rows).toEqual([
      { event: 'action.created' },
      { event: 'action.returned_to_review' },
      { event: 'action.claimed' },
    ]);
    expect((await client.query('select status_before_run from actions')).rows).toEqual([
      { status_before_run: 'approved' },
    ]);
  });
});
