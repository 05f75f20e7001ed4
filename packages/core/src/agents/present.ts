import type { Agent, Run } from '@proviso/contracts';
import type { agent_runs, agents } from '../generated/client.ts';
import { formatId, formatIdOrNull } from '../platform/ids.ts';

export const presentAgent = (row: agents): Agent => ({
  agent_id: formatId('agent', row.id),
  name: row.name,
  description: row.description,
  enabled: row.enabled,
  approval: row.approval as Agent['approval'],
  auto_approve_types: row.auto_approve_types,
  identity_id: formatIdOrNull('identity', row.identity_id),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

export const presentRun = (row: agent_runs): Run => ({
  run_id: formatId('run', row.id),
  agent_id: formatId('agent', row.agent_id),
  status: row.status as Run['status'],
  metadata: row.metadata as Run['metadata'],
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
