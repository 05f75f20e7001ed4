import { listTasksQuery, type ListTasksQuery, type Task } from '@proviso/contracts';
import { getContactInWorkspace } from '../contacts/get.ts';
import { authorize, type Context } from '../../access/context.ts';
import { sql, type Sql } from '../../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../../platform/page.ts';
import { presentTask } from './present.ts';

/** Lists the workspace's tasks, newest first. `completed` selects those that are done, or those that are not. */
export async function listTasks(ctx: Context, input: unknown): Promise<Page<Task>> {
  authorize(ctx, 'contacts:read');
  return readTasks(ctx, sql`workspace_id = ${ctx.caller.workspaceId}::uuid`, listTasksQuery.parse(input));
}

/** Lists a contact's tasks in the same way. */
export async function listContactTasks(ctx: Context, contactId: string, input: unknown): Promise<Page<Task>> {
  authorize(ctx, 'contacts:read');
  const query = listTasksQuery.parse(input);
  const contact = await getContactInWorkspace(ctx, contactId);
  return readTasks(ctx, sql`contact_id = ${contact.id}::uuid`, query);
}

function readTasks(ctx: Context, of: Sql, { completed, ...page }: ListTasksQuery): Promise<Page<Task>> {
  const done = completed ? sql`and completed_at is ${completed === 'true' ? sql`not null` : sql`null`}` : sql.empty;
  return readTablePage(ctx.db, page, {
    from: 'tasks',
    where: sql`${of} ${done}`,
    order: NEWEST_FIRST,
    times: ['created_at', 'due_date', 'completed_at'],
    present: presentTask,
  });
}
