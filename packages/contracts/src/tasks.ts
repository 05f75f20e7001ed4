import { z } from 'zod';
import { pagination } from './actions.ts';
import { plainText } from './json.ts';
import { listQuery, ok } from './records.ts';
import { dayOrInstant } from './time.ts';

export const taskTitle = plainText(500).min(1);
export const taskDescription = plainText(65_536);

export const updateTaskBody = z
  .strictObject({
    title: taskTitle.optional(),
    description: taskDescription.nullable().optional(),
    due_date: dayOrInstant.nullable().optional(),
    completed: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateTask', examples: [{ completed: true }] });
export type UpdateTaskBody = z.output<typeof updateTaskBody>;

export const task = z
  .object({
    task_id: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    due_date: z.string().nullable(),
    contact_id: z.string().nullable(),
    action_id: z.string().nullable(),
    completed_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'Task' });
export type Task = z.output<typeof task>;
export const taskReply = z.object({ status: ok, task });
export const listTasksQuery = listQuery.extend({ completed: z.enum(['true', 'false']).optional() });
export type ListTasksQuery = z.output<typeof listTasksQuery>;
export const listTasksReply = z.object({ status: ok, tasks: z.array(task), pagination });
