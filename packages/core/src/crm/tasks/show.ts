import type { Task } from '@proviso/contracts';
import type { tasks } from '../../generated/client.ts';
import { showId, showIdOrNull } from '../../platform/ids.ts';

export const showTask = (row: tasks): Task => ({
  task_id: showId('task', row.id),
  title: row.title,
  description: row.description,
  due_date: row.due_date?.toISOString() ?? null,
  contact_id: showIdOrNull('contact', row.contact_id),
  action_id: showIdOrNull('action', row.action_id),
  completed_at: row.completed_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
});
