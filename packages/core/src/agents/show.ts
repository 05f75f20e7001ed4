import type { Agent, Run } from '@proviso/contracts';
import type { agent_runs, agents } from '../generated/client.ts';
import { showId, showIdOrNull } from '../platform/ids.ts';

export const showAgent = (row: agents): Agent => ({
  agent_id: showId('agent', row.id),
  name: row.name,
  description: row.description,
  enabled: row.enabled,
  approval: row.approval as Agent['approval'],
  auto_approve_types: row.auto_approve_types,
  identity_id: showIdOrNull('identity', row.identity_id),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

export const showRun = (row: agent_runs): Run => ({
  run_id: showId('run', row.id),
  agent_id: showId('agent', row.agent_id),
  status: row.status as Run['status'],
  metadata: row.metadata as Run['metadata'],
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
