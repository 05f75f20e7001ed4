import type { Services } from '../access/context.ts';
import { formatId } from '../platform/ids.ts';
import { statement } from '../platform/statement.ts';

/** What a member sees in their inbox, as SQL over the action `a` and the member's settings `n`. */
export const WAITS_FOR_MEMBER = `
  a.workspace_id = n.workspace_id and a.status = 'pending_approval'
    and (a.assignee is null or a.assignee->>'id' = format_user_id(n.user_id))
    and not exists (
      select from snoozes s where s.workspace_id = n.workspace_id and s.user_id = n.user_id and s.action_id = a.id
        and s.action_version = a.version and (s.until is null or s.until > clock_timestamp()))`;

const LISTED_MAX = 10;

const LIST = statement<
  { workspace: string; member: string; minutes: number; limit: number },
  { id: string; title: string; waited_s: number; total: number }
>(
  'notification_waiting_for',
  `
    select a.id, coalesce(a.preview->>'summary', a.preview->>'title', a.type) as title,
      extract(epoch from clock_timestamp() - coalesce(a.asked_at, a.created_at))::int as waited_s,
      (count(*) over ())::int as total
    from actions a, (select :workspace::uuid as workspace_id, :member::uuid as user_id) n
    where ${WAITS_FOR_MEMBER}
      and coalesce(a.asked_at, a.created_at) <= clock_timestamp() - :minutes::int * interval '1 minute'
    order by coalesce(a.asked_at, a.created_at), a.id limit :limit::int`,
);

export interface WaitingFor {
  total: number;
  /** The oldest; without bodies. */
  actions: { actionId: string; title: string; waitedSeconds: number }[];
}

/** What has waited for the member for so many minutes, the oldest first. */
export async function waitingFor(
  { db }: Pick<Services, 'db'>,
  { workspaceId, userId, minutes }: { workspaceId: string; userId: string; minutes: number },
): Promise<WaitingFor> {
  const rows = await db.query(LIST, { workspace: workspaceId, member: userId, minutes, limit: LISTED_MAX });
  return {
    total: rows[0]?.total ?? 0,
    actions: rows.map(({ id, title, waited_s }) => ({
      actionId: formatId('action', id),
      title,
      waitedSeconds: waited_s,
    })),
  };
}
