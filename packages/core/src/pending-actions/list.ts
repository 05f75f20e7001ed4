import { listPendingActionsQuery, SHOWN_STATUS, STATUSES, type PendingStatus } from '@proviso/contracts';
import { readCursor, showCursor } from '../actions/cursor.ts';
import { WITH_IDENTITY } from '../actions/get.ts';
import { rowFromTable, type ActionRow } from '../actions/row.ts';
import { authorize, type Context } from '../context.ts';
import { ASKED, readBatchId } from './workspace.ts';

export interface PendingActionPage {
  actions: ActionRow[];
  /** All that match, on whatever page. */
  total: number;
  nextCursor: string | null;
}

const behind = (shown: PendingStatus) => STATUSES.filter((status) => SHOWN_STATUS[status] === shown);

/** What waits for a person or ever did, newest first. Pages neither repeat nor miss a row, whatever is written meanwhile. */
export async function listPendingActions(ctx: Context, input: unknown): Promise<PendingActionPage> {
  authorize(ctx, 'actions:read');
  const { status, batch_id, mission_id, session_id, limit, cursor } = listPendingActionsQuery.parse(input);
  const where = {
    workspace_id: ctx.caller.workspaceId,
    ...ASKED,
    ...(status && { status: { in: behind(status) } }),
    ...(batch_id && { batch_id: readBatchId(batch_id) }),
    ...(mission_id && { mission_id }),
    ...(session_id && { session_id }),
  };
  const after = cursor === undefined ? undefined : await readCursor(ctx, cursor, 'desc');
  const { actions } = ctx.db.tables;
  const [found, total] = await Promise.all([
    actions.findMany({
      where: { ...where, ...after?.bound },
      include: WITH_IDENTITY,
      orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
      take: limit + 1,
      ...(after && { cursor: { id: after.id } }),
    }),
    actions.count({ where }),
  ]);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { actions: rows.map(rowFromTable), total, nextCursor: last ? showCursor(last.id) : null };
}
