import { z } from 'zod';
import { ok } from './fields.ts';
import { prefixedId } from './ids.ts';
import { pagination } from './actions.ts';
import { plainText } from './json.ts';
import { listQuery } from './records.ts';
import { dayOrInstant, utcTimestamp } from './time.ts';

export const taskTitle = plainText(500).min(1);
export const taskDescription = plainText(65_536);

export const updateTaskBody = z
  .strictObject({
    title: taskTitle.optional().describe('The title of the task.'),
    description: taskDescription.nullable().optional().describe('A description; null removes it.'),
    due_date: dayOrInstant
      .nullable()
      .optional()
      .describe('When it is due: RFC 3339 with an offset, or a date; null = no due date.'),
    completed: z.boolean().optional().describe('True marks it done, false reopens it.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateTask', description: 'What to change about a task.', examples: [{ completed: true }] });

export const task = z
  .object({
    task_id: prefixedId('task').describe('Its id.'),
    title: z.string().describe('The title of the task.'),
    description: z.string().nullable().describe('A description; null = none.'),
    due_date: utcTimestamp.nullable().describe('When it is due; null = no due date.'),
    contact_id: prefixedId('contact').nullable().describe('The contact that it is about; null = none.'),
    action_id: prefixedId('action').nullable().describe('The action that created it; null = none.'),
    completed_at: utcTimestamp.nullable().describe('When it was done; null = it is open.'),
    created_at: utcTimestamp.describe('When it was created.'),
  })
  .meta({ id: 'Task', description: 'A task for a person.' });
export type Task = z.output<typeof task>;
export const taskReply = z.object({ status: ok, task: task.describe('The task as it is now.') });
export const listTasksQuery = listQuery.extend({
  completed: z.enum(['true', 'false']).optional().describe('Only tasks that are done, or only those that are not.'),
});
export type ListTasksQuery = z.output<typeof listTasksQuery>;
export const listTasksReply = z.object({
  status: ok,
  tasks: z.array(task).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});
