import { listActionsQuery, type ListActionsQuery } from '@proviso/contracts';
import { authorize, type Caller, type Context } from '../access/context.ts';
import { sql, type Sql } from '../platform/db.ts';
import { invalid } from '../platform/errors.ts';
import { formatId, parseId, type IdKind } from '../platform/ids.ts';
import { cursorWithSkip, type Order } from '../platform/page.ts';
import { afterAction } from '../action/cursor.ts';
import { selectActions, type SelectedActions } from '../action/select.ts';

/** `total_items` is exact up to here. */
const TOTAL_MAX = 10_000;

const uuidOf = (kind: IdKind, path: string, text: string): string => {
  const uuid = parseId(kind, text);
  if (!uuid) throw invalid(path, `is not the id of a ${kind}`);
  return uuid;
};

/** The SQL conditions of a query's filters. */
function filtersOf(query: ListActionsQuery, caller: Caller): Sql[] {
  const { status, status_reason, type, list_id, item_id, again_of } = query;
  const ids = (['identity', 'contact', 'company', 'agent', 'run'] as const).flatMap((kind) => {
    const id = query[`${kind}_id`];
    return id === undefined ? [] : [sql`${sql.raw(kind)}_id = ${uuidOf(kind, `${kind}_id`, id)}::uuid`];
  });
  return [
    ...(status ? [sql`status in (${sql.join(status)})`] : []),
    ...(status_reason ? [sql`status_reason = ${status_reason}`] : []),
    ...(type ? [sql`type in (${sql.join(type)})`] : []),
    ...(list_id ? [sql`list_id = ${list_id}`] : []),
    ...(item_id ? [sql`item_id = ${item_id}`] : []),
    ...(again_of ? [sql`again_of = ${uuidOf('action', 'again_of', again_of)}::uuid`] : []),
    ...ids,
    ...(query.assignee ? [assignedTo(caller, query.assignee)] : []),
    ...(query.snoozed ? [query.snoozed === 'true' ? snoozedBy(caller) : sql`not ${snoozedBy(caller)}`] : []),
  ];
}

/** Assigned to one of these: ids of members, `me`, or `none` for nobody. */
function assignedTo({ person }: Caller, assignees: string[]): Sql {
  const ids = assignees.filter((one) => one !== 'none').map((one) => (one === 'me' ? person?.id : one));
  if (ids.includes(undefined)) throw invalid('assignee', 'me is only for people: give the id of a member');
  const formatted = ids.map((id) => formatId('user', uuidOf('user', 'assignee', id ?? '')));
  return sql.join(
    [
      ...(formatted.length > 0 ? [sql`t.assignee->>'id' in (${sql.join(formatted)})`] : [sql`false`]),
      ...(assignees.includes('none') ? [sql`t.assignee is null`] : []),
    ],
    ' or ',
    '(',
    ')',
  );
}

const snoozedBy = ({ person }: Caller): Sql => sql`exists (
  select from snoozes s where s.workspace_id = t.workspace_id and s.user_id = ${person?.id ?? null}::uuid
    and s.action_id = t.id and s.action_version = t.version and (s.until is null or s.until > clock_timestamp()))`;

/** Rows without a time sort where PostgreSQL puts null: above all times. */
const SORTS: Record<ListActionsQuery['sort_by'], Order['terms'][number]> = {
  created_at: { sql: 't.created_at', type: 'timestamptz' },
  updated_at: { sql: 't.updated_at', type: 'timestamptz' },
  scheduled_time: { sql: "coalesce(t.scheduled_time, 'infinity')", type: 'timestamptz' },
  status: { sql: 't.status', type: 'text' },
  type: { sql: 't.type', type: 'text' },
};

const orderOf = ({ sort_by, sort_dir }: ListActionsQuery): Order => ({
  name: sort_by,
  direction: sort_dir,
  terms: [SORTS[sort_by], { sql: 't.id', type: 'uuid' }],
});

export interface ActionPage extends SelectedActions {
  total: number;
  totalIsEstimate: boolean;
  limit: number;
  skip: number;
}

/**
 * Lists actions. In creation order, pages by `cursor` neither repeat nor miss a row, whatever is written between them.
 */
export async function listActions(ctx: Context, input: unknown): Promise<ActionPage> {
  authorize(ctx, 'actions:read');
  const query = listActionsQuery.parse(input);
  const { limit, skip, cursor } = query;
  if (cursor !== undefined && skip > 0) throw cursorWithSkip();
  const where = sql.join(
    [sql`workspace_id = ${ctx.caller.workspaceId}::uuid`, ...filtersOf(query, ctx.caller)],
    ' and ',
  );
  const order = orderOf(query);
  const after = cursor === undefined ? undefined : await afterAction(ctx, order, cursor);
  // In the order of an index; otherwise PostgreSQL may read the whole table for half a workspace's rows.
  const count = sql`
    select count(*)::int from (
      select from actions t where ${where} order by t.created_at desc, t.id desc limit ${TOTAL_MAX + 1}::int
    ) c`;
  const selected = await selectActions(ctx.db, { where, order, after, limit, skip, count });
  const { total } = selected;
  return { ...selected, total: Math.min(total, TOTAL_MAX), totalIsEstimate: total > TOTAL_MAX, limit, skip };
}
