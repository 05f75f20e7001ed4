import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

const MIGRATIONS = 'prisma/migrations';
const RENAME = '20261128024236_returned_to_review';
const ID = '0190b0d0-0000-7000-8000-00000000000a';

const textOf = (name: string): string => readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8');

describe('the migration to action.returned_to_review', () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query('create schema before; set search_path to before');
    const earlier = readdirSync(MIGRATIONS).filter((name) => !name.includes('.') && name < RENAME);
    for (const name of earlier.toSorted()) await client.query(textOf(name));
  });
  afterAll(() => client.end());

  it('keeps where a running action came from, and the history of every action under the new name', async () => {
    await client.query(`insert into workspaces (id, name) values ('${ID}', 'V')`);
    await client.query(`
      insert into actions (id, workspace_id, type, params, status, cleared_as, cleared_hash, created_by, lease_until, updated_at, due_at)
      values ('${ID}', '${ID}', 'create_note', '{}', 'running', 'approved', 'hash', '{}', now(), now(), now())`);
    await client.query(`
      insert into action_events (action_id, version, workspace_id, event, status, actor, at)
      select '${ID}', version, '${ID}', event, 'running', '{}', now()
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
