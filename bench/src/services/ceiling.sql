create table actions (
  id uuid primary key, workspace_id uuid not null, type text not null, status text not null,
  version int not null default 1, params jsonb not null, preview jsonb, cleared_hash text, approval jsonb,
  identity_id uuid, agent_id uuid, created_by jsonb, metadata jsonb default '{}', due_at timestamptz,
  fence int not null default 0, lease_until timestamptz, attempts int not null default 0, result jsonb,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), completed_at timestamptz
) with (fillfactor = 80);
create table action_events (
  action_id uuid, version int, workspace_id uuid, event text, status text, actor jsonb, data jsonb,
  at timestamptz default now(), transaction_id xid8 default pg_current_xact_id(), primary key (action_id, version)
);
create index on actions (workspace_id, created_at desc, id desc);
create index on actions (workspace_id, status, created_at desc, id desc);
create index on actions (workspace_id, type, created_at desc, id desc);
create index on actions (workspace_id, identity_id, created_at desc, id desc);
create index on actions (workspace_id, agent_id, created_at desc, id desc) where agent_id is not null;
create index on actions (due_at, id) where status in ('approved', 'scheduled', 'auto_approved');
create index on actions (lease_until) where status = 'running';
create index on action_events (transaction_id);
