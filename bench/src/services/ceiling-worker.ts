// The ceiling's worker: claims and records in groups, under a fence.
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { resultOf, type Params } from '../params.ts';
import { coalesce } from './coalesce.ts';

const { BENCH_DATABASE_URL = '', BENCH_REDIS_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: 6 });
const WORKER = JSON.stringify({ kind: 'system', name: 'Worker' });
const CONCURRENCY = 64;

interface Claimed {
  id: string;
  fence: number;
  params: Params;
}

const claim = coalesce(async (ids: string[]) => {
  const { rows } = await pool.query<Claimed>({
    name: 'claim',
    text: `
      with locked as (
        select id from actions where id = any($1::uuid[])
          and status in ('approved', 'scheduled', 'auto_approved') and due_at <= statement_timestamp()
        order by id for no key update
      ), claimed as (
        update actions a set status = 'running', version = version + 1, fence = fence + 1, attempts = attempts + 1,
          lease_until = clock_timestamp() + interval '8 s', updated_at = clock_timestamp()
        from locked where a.id = locked.id returning a.*
      ), event as (
        insert into action_events (action_id, version, workspace_id, event, status, actor, data)
        select id, version, workspace_id, 'action.claimed', status, $2::jsonb, '{}' from claimed
      )
      select id, fence, params from claimed`,
    values: [ids, WORKER],
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
});

const record = coalesce(async (results: { id: string; fence: number; result: object }[]) => {
  await pool.query({
    name: 'record',
    text: `
      with given as (
        select * from jsonb_to_recordset($1::jsonb) as given(id uuid, fence int, result jsonb)
      ), locked as (
        select a.id, given.result from actions a join given on given.id = a.id and given.fence = a.fence
        where a.status = 'running' order by a.id for no key update of a
      ), moved as (
        update actions a set status = 'completed', version = version + 1, lease_until = null, result = locked.result,
          completed_at = clock_timestamp(), updated_at = clock_timestamp()
        from locked where a.id = locked.id returning a.id, a.version, a.workspace_id, a.status
      )
      insert into action_events (action_id, version, workspace_id, event, status, actor, data)
      select id, version, workspace_id, 'action.completed', status, $2::jsonb, '{}' from moved`,
    values: [JSON.stringify(results), WORKER],
  });
  return results;
});

const connection = new Redis(BENCH_REDIS_URL, { maxRetriesPerRequest: null });
const perform = async ({ data }: { data: { id: string } }): Promise<void> => {
  const action = await claim(data.id);
  if (action) await record({ id: action.id, fence: action.fence, result: resultOf(action.params) });
};
const worker = new Worker('ceiling', perform, { connection, concurrency: CONCURRENCY });
await worker.waitUntilReady();
