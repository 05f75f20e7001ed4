import { listTasksQuery, type ListTasksQuery, type Task } from '@proviso/contracts';
import { getContactInWorkspace } from '../contacts/get.ts';
import { authorize, type Context } from '../context.ts';
import { readPage, type Page } from '../page.ts';
import { showTask } from './show.ts';

/** The workspace's tasks, newest first; `completed` finds those that are done, or are not. */
export async function listTasks(ctx: Context, input: unknown): Promise<Page<Task>> {
  authorize(ctx, 'contacts:read');
  return readTasks(ctx, { workspace_id: ctx.caller.workspaceId }, listTasksQuery.parse(input));
}

/** A contact's tasks, in the same way. */
export async function listContactTasks(ctx: Context, contactId: string, input: unknown): Promise<Page<Task>> {
  authorize(ctx, 'contacts:read');
  const query = listTasksQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  return readTasks(ctx, { contact_id: contact.id }, query);
}

function readTasks(
  ctx: Context,
  of: { workspace_id: string } | { contact_id: string },
  { completed, ...page }: ListTasksQuery,
): Promise<Page<Task>> {
  const where = { ...of, ...(completed && { completed_at: completed === 'true' ? { not: null } : null }) };
  const { tasks } = ctx.db.tables;
  return readPage(
    page,
    (window) => tasks.findMany({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], ...window }),
    () => tasks.count({ where }),
    showTask,
  );
}
