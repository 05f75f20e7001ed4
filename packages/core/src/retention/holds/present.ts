import type { Actor, LegalHold } from '@proviso/contracts';
import type { legal_holds } from '../../generated/client.ts';
import { formatId, formatIdOrNull } from '../../platform/ids.ts';

type HoldTarget = Pick<legal_holds, 'action_id' | 'run_id' | 'mission_id'>;

const scopeOf = ({ action_id, run_id, mission_id }: HoldTarget): LegalHold['scope'] =>
  action_id ? 'action' : run_id ? 'run' : mission_id ? 'mission' : 'workspace';

export const presentLegalHold = (row: legal_holds): LegalHold => ({
  hold_id: formatId('hold', row.id),
  scope: scopeOf(row),
  action_id: formatIdOrNull('action', row.action_id),
  run_id: formatIdOrNull('run', row.run_id),
  mission_id: row.mission_id,
  reason: row.reason,
  created_by: row.created_by as Actor,
  created_at: row.created_at.toISOString(),
  released_by: row.released_by as Actor | null,
  released_at: row.released_at?.toISOString() ?? null,
});
