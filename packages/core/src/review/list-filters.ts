import type { ListActionsQuery } from '@proviso/contracts';
import type { Caller } from '../access/context.ts';
import { sql, type Sql } from '../platform/db.ts';
import { invalid } from '../platform/errors.ts';
import { formatId, parseId, type IdKind } from '../platform/ids.ts';

type Filters = Omit<ListActionsQuery, 'limit' | 'skip' | 'cursor' | 'sort_by' | 'sort_dir'>;

/** What the caller's workspace has that matches every filter, as SQL over the row `t`. Throws INVALID. */
export const whereOf = (query: Filters, caller: Caller): Sql =>
  sql.join([sql`t.workspace_id = ${caller.workspaceId}::uuid`, ...filtersOf(query, caller)], ' and ');

const uuidOf = (kind: IdKind, path: string, text: string): string => {
  const uuid = parseId(kind, text);
  if (!uuid) throw invalid(path, `is not the id of a ${kind}`);
  return uuid;
};

/** The SQL conditions of a query's filters. */
function filtersOf(query: Filters, caller: Caller): Sql[] {
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
    ...(query.created_after ? [sql`t.created_at >= ${query.created_after}::timestamptz`] : []),
    ...(query.created_before ? [sql`t.created_at < ${query.created_before}::timestamptz`] : []),
    ...(query.q === undefined ? [] : [withWords(query.q, status, caller)]),
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

const WORDS_MAX = 16;

/**
 * Has a word that begins with each of these. The index holds only what waits, and a plan that is kept must see that: no
 * other index has the condition on the status in this form, so none is read in its place, which would parse every text.
 * `is true` makes it one scan of the index, hashed, whatever the planner expects: as a join it may be a scan per row.
 */
function withWords(text: string, status: Filters['status'], { workspaceId }: Caller): Sql {
  if (status?.length !== 1 || status[0] !== 'pending_approval')
    throw invalid('q', 'searches only what waits: add status=pending_approval');
  const words = text.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
  if (words.length === 0) return sql`true`;
  if (words.length > WORDS_MAX) throw invalid('q', `has more than ${WORDS_MAX} words`);
  const asked = [`'w${workspaceId.replaceAll('-', '')}'`, ...words.map((word) => `'${word}':*`)]; // letters and digits only
  return sql`(t.id in (
    select w.id from actions w where (w.status || '') = 'pending_approval'
      and action_words(w.workspace_id, w.preview, w.params, w.description, w.created_by, w.type)
        @@ to_tsquery('simple', ${asked.join(' & ')})
  )) is true`;
}
