import type { Actor, Erasure } from '@proviso/contracts';
import type { erasures } from '../../generated/client.ts';
import { formatId, formatIdOrNull } from '../../platform/ids.ts';

export const presentErasure = (row: erasures): Erasure => ({
  erasure_id: formatId('erasure', row.id),
  status: row.completed_at ? 'completed' : 'running',
  contact_id: formatIdOrNull('contact', row.contact_id),
  cancelled: row.cancelled,
  redacted: row.redacted,
  records: row.records,
  waiting: row.waiting,
  created_by: row.created_by as Actor,
  created_at: row.created_at.toISOString(),
  completed_at: row.completed_at?.toISOString() ?? null,
});
