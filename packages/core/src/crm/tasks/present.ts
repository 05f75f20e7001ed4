import type { Task } from '@proviso/contracts';
import type { tasks } from '../../generated/client.ts';
import { formatId, formatIdOrNull } from '../../platform/ids.ts';

export const presentTask = (row: tasks): Task => ({
  task_id: formatId('task', row.id),
  title: row.title,
  description: row.description,
  due_date: row.due_date?.toISOString() ?? null,
  contact_id: formatIdOrNull('contact', row.contact_id),
  action_id: formatIdOrNull('action', row.action_id),
  completed_at: row.completed_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
});
