import { listPendingActionsQuery, PENDING_STATUS_OF, STATUSES, type PendingStatus } from '@proviso/contracts';
import { afterAction } from '../../action/cursor.ts';
import type { ActionRow } from '../../action/row.ts';
import { countUpTo, selectActions, totalOf } from '../../action/select.ts';
import { authorize, type Context } from '../../access/context.ts';
import { sql } from '../../platform/db.ts';
import { NEWEST_FIRST } from '../../platform/page.ts';
import { parseBatchId } from './workspace.ts';

export interface PendingActionPage {
  actions: ActionRow[];
  /** All matches, not only those of the page, up to the limit of a count. */
  total: number;
  totalIsEstimate: boolean;
  nextCursor: string | null;
}

const statusesShownAs = (shown: PendingStatus) => STATUSES.filter((status) => PENDING_STATUS_OF[status] === shown);

/**
 * Lists actions that wait or have ever waited for a person, newest first. Pages neither repeat nor miss a row, whatever
 * is written meanwhile.
 */
export async function listPendingActions(ctx: Context, input: unknown): Promise<PendingActionPage> {
  authorize(ctx, 'actions:read');
  const { status, batch_id, mission_id, session_id, limit, cursor } = listPendingActionsQuery.parse(input);
  const { workspaceId } = ctx.caller;
  const where = sql.join(
    [
      sql`workspace_id = ${workspaceId}::uuid and asked_at is not null`,
      ...(status ? [sql`status in (${sql.join(statusesShownAs(status))})`] : []),
      ...(batch_id ? [sql`batch_id = ${parseBatchId(batch_id)}`] : []),
      ...(mission_id ? [sql`mission_id = ${mission_id}::uuid`] : []),
      ...(session_id ? [sql`session_id = ${session_id}`] : []),
    ],
    ' and ',
  );
  const after = cursor === undefined ? undefined : await afterAction(ctx, NEWEST_FIRST, cursor);
  const selected = await selectActions(ctx.db, { where, order: NEWEST_FIRST, after, limit, count: countUpTo(where) });
  return { actions: selected.actions, ...totalOf(selected), nextCursor: selected.nextCursor };
}
