import { getActionQuery, type JsonObject } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { afterCursor, formatCursor } from '../platform/cursor.ts';
import { sql } from '../platform/db.ts';
import { notFound } from '../platform/errors.ts';
import { parseId } from '../platform/ids.ts';
import { readRows, withDates, type Order } from '../platform/page.ts';
import { rowFromJson, rowFromTable, type ActionEvent, type ActionRow } from '../action/row.ts';
import { FIND, FIND_WITH_LOG } from '../action/sql/find.ts';

export const WITH_IDENTITY = { identity: { select: { config_version: true } } } as const;

/** The action with that id in the caller's workspace. Throws NOT_FOUND. */
export async function getActionInWorkspace(ctx: Context, id: string): Promise<ActionRow> {
  const uuid = parseId('action', id);
  const [found] = uuid ? await ctx.db.query(FIND, { id: uuid, workspace: ctx.caller.workspaceId }) : [];
  if (!found) throw notFound('action');
  return rowFromJson(found.action, found.identity_version);
}

/** The action that proposes this one again, if there is one. */
export async function findSuccessor(ctx: Context, { id, workspace_id }: ActionRow): Promise<ActionRow | undefined> {
  const where = { again_of: id, workspace_id };
  const row = await ctx.db.tables.actions.findFirst({ where, include: WITH_IDENTITY });
  return row ? rowFromTable(row) : undefined;
}

/** Log entries per reply, unless the byte limit ends it earlier. */
const LOG_PAGE = 1_000;

const BY_VERSION: Order = { name: 'version', direction: 'asc', terms: [{ sql: 't.version', type: 'int4' }] };

export interface ActionWithLogs {
  action: ActionRow;
  /** Oldest first, from `logs_cursor` on. */
  logs: ActionEvent[];
  /** Where the log continues; null = it ends here. */
  logsNextCursor: string | null;
}

export async function getAction(ctx: Context, id: string, input: unknown = {}): Promise<ActionWithLogs> {
  authorize(ctx, 'actions:read');
  const { logs_cursor } = getActionQuery.parse(input);
  if (logs_cursor === undefined) {
    const { action, log } = await findWithLog(ctx, id);
    if (log.length === action.version) return { action, logs: log, logsNextCursor: null };
  }
  const after = logs_cursor === undefined ? undefined : afterCursor(BY_VERSION, logs_cursor, 'logs_cursor');
  const action = await getActionInWorkspace(ctx, id);
  const where = sql`action_id = ${action.id}::uuid and version <= ${action.version}::int`;
  const page = { from: 'action_events', where, order: BY_VERSION, after, limit: LOG_PAGE, skip: 0 };
  const { rows, last } = await readRows(ctx.db, page, { rowOf: eventOf });
  return { action, logs: rows, logsNextCursor: last && formatCursor(BY_VERSION, last) };
}

const eventOf = (row: JsonObject): ActionEvent => withDates(row, ['at']) as ActionEvent;

/** The action with its log. Each version has one event, so a log with fewer was cut. Throws NOT_FOUND. */
async function findWithLog(ctx: Context, id: string): Promise<{ action: ActionRow; log: ActionEvent[] }> {
  const uuid = parseId('action', id);
  const [found] = uuid ? await ctx.db.query(FIND_WITH_LOG, { id: uuid, workspace: ctx.caller.workspaceId }) : [];
  if (!found) throw notFound('action');
  return { action: rowFromJson(found.action, found.identity_version), log: found.log.map(eventOf) };
}
