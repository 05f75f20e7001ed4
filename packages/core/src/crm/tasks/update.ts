import { updateTaskBody, type Task } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { presentTask } from './present.ts';
import { statement } from '../../platform/statement.ts';

/** Changes a task. `completed: true` keeps the time when it was first done; false clears it. */
export async function updateTask(ctx: Context, id: string, input: unknown): Promise<Task> {
  authorize(ctx, 'contacts:write');
  const { completed, ...change } = updateTaskBody.parse(input);
  const where = { id: parseId('task', id) ?? '', workspace_id: ctx.caller.workspaceId };
  if (!where.id) throw notFound('task');
  return ctx.db.transaction(async ({ tables, query }) => {
    await query(LOCK, { id: where.id });
    const seen = await tables.tasks.findFirst({ where });
    if (!seen) throw notFound('task');
    const completed_at = completed ? (seen.completed_at ?? new Date()) : null;
    return presentTask(
      await tables.tasks.update({
        where,
        data: {
          ...(change.title !== undefined && { title: change.title }),
          ...(change.description !== undefined && { description: change.description }),
          ...(change.due_date !== undefined && { due_date: change.due_date }),
          ...(completed !== undefined && { completed_at }),
        },
      }),
    );
  });
}

const LOCK = statement<{ id: string }>('task_lock', 'select id from tasks where id = :id::uuid for no key update');
