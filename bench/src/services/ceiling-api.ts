// The ceiling: Express, pg and BullMQ with group commit, and none of the product's duties (tokens, validation, hashes,
// pauses, idempotency keys). What remains is the price of a durable row, its events and a queue.
import { createHash, randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import pg from 'pg';
import { coalesce } from './coalesce.ts';

const { BENCH_DATABASE_URL = '', BENCH_REDIS_URL = '', PORT = '' } = process.env;
const pool = new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: 6 });
const queue = new Queue('ceiling', { connection: new Redis(BENCH_REDIS_URL, { maxRetriesPerRequest: null }) });

const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const AGENT = JSON.stringify({ kind: 'agent', id: 'x', name: 'Agent' });
const OWNER = JSON.stringify({ kind: 'api_key', id: 'y', name: 'Owner' });

interface NewRow {
  id: string;
  type: string;
  params: Record<string, unknown>;
  preview: object;
}

const create = coalesce(async (rows: NewRow[]) => {
  await pool.query({
    name: 'create',
    text: `
      with given as (
        select * from jsonb_to_recordset($1::jsonb) as given(id uuid, type text, params jsonb, preview jsonb)
      ), created as (
        insert into actions (id, workspace_id, type, status, params, preview, created_by)
        select id, $2::uuid, type, 'pending_approval', params, preview, $3::jsonb from given returning id, version
      )
      insert into action_events (action_id, version, workspace_id, event, status, actor, data)
      select id, version, $2::uuid, 'action.created', 'pending_approval', $3::jsonb, '{}' from created`,
    values: [JSON.stringify(rows), WORKSPACE, AGENT],
  });
  return rows;
});

const approve = coalesce(async (ids: string[]) => {
  const { rows } = await pool.query<{ id: string; action: object }>({
    name: 'approve',
    text: `
      with locked as (
        select id from actions where id = any($1::uuid[]) and workspace_id = $2 and status = 'pending_approval'
        order by id for no key update
      ), moved as (
        update actions a set status = 'approved', version = version + 1, due_at = clock_timestamp(),
          updated_at = clock_timestamp(), approval = $3::jsonb, cleared_hash = $4
        from locked where a.id = locked.id returning a.*
      ), event as (
        insert into action_events (action_id, version, workspace_id, event, status, actor, data)
        select id, version, workspace_id, 'action.approved', status, $3::jsonb, '{}' from moved
      )
      select id, to_jsonb(moved) as action from moved`,
    values: [
      ids,
      WORKSPACE,
      OWNER,
      createHash('sha256')
        .update(ids[0] ?? '')
        .digest('hex'),
    ],
  });
  const jobs = rows.map(({ id }) => ({
    name: 'run',
    data: { id },
    opts: { jobId: `${id}-2`, removeOnComplete: true },
  }));
  void queue.addBulk(jobs).catch(() => undefined); // a hint, as in the product
  const byId = new Map(rows.map(({ id, action }) => [id, action]));
  return ids.map((id) => byId.get(id));
});

const get = coalesce(async (ids: string[]) => {
  const text = 'select id, to_jsonb(a) as action from actions a where id = any($1::uuid[])';
  const { rows } = await pool.query<{ id: string; action: object }>({ name: 'get', text, values: [ids] });
  const byId = new Map(rows.map(({ id, action }) => [id, action]));
  return ids.map((id) => byId.get(id));
});

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use(express.json());
app.get('/ready', (_, reply) => void reply.end());
app.post('/actions', async ({ body }, reply) => {
  const { type, params } = body as Pick<NewRow, 'type' | 'params'>;
  const preview = { title: 'Noop', fields: [{ label: 'To', value: params.email }] };
  const row = { id: randomUUID(), type, params, preview };
  await create(row);
  reply.json({ id: row.id, action: { ...row, status: 'pending_approval' } });
});
app.post('/actions/:id/approve', async ({ params }, reply) => {
  const action = await approve(params.id);
  if (action) reply.json({ action });
  else reply.status(409).json({});
});
app.get('/actions/:id', async ({ params }, reply) => void reply.json({ action: await get(params.id) }));
app.listen(Number(PORT), '127.0.0.1');
