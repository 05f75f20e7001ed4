import { listActionsQuery, type ListActionsQuery } from '@proviso/contracts';
import { authorize, type Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { readId, type IdKind } from '../ids.ts';
import { readCursor, showCursor } from './cursor.ts';
import { WITH_IDENTITY } from './get.ts';
import { rowFromTable, type ActionRow } from './row.ts';

/** `total_items` is exact up to here. */
const TOTAL_MAX = 10_000;

const uuidOf = (kind: IdKind, path: string, text: string): string => {
  const uuid = readId(kind, text);
  if (!uuid) throw invalid(path, `is not the id of a ${kind}`);
  return uuid;
};

function whereOf(query: ListActionsQuery) {
  return {
    ...(query.status && { status: { in: query.status } }),
    ...(query.status_reason && { status_reason: query.status_reason }),
    ...(query.type && { type: { in: query.type } }),
    ...(query.list_id && { list_id: query.list_id }),
    ...(query.item_id && { item_id: query.item_id }),
    ...(query.identity_id && { identity_id: uuidOf('identity', 'identity_id', query.identity_id) }),
    ...(query.contact_id && { contact_id: uuidOf('contact', 'contact_id', query.contact_id) }),
    ...(query.company_id && { company_id: uuidOf('company', 'company_id', query.company_id) }),
    ...(query.agent_id && { agent_id: uuidOf('agent', 'agent_id', query.agent_id) }),
    ...(query.run_id && { run_id: uuidOf('run', 'run_id', query.run_id) }),
  };
}

export interface ActionPage {
  actions: ActionRow[];
  total: number;
  totalIsEstimate: boolean;
  limit: number;
  skip: number;
  /** Where the next page begins; null on the last one, absent in another order than of creation. */
  nextCursor?: string | null;
}

/** Pages by `cursor` neither repeat nor miss a row, whatever is written between them. */
export async function listActions(ctx: Context, input: unknown): Promise<ActionPage> {
  authorize(ctx, 'actions:read');
  const query = listActionsQuery.parse(input);
  const { limit, skip, sort_by, sort_dir } = query;
  const where = { workspace_id: ctx.caller.workspaceId, ...whereOf(query) };
  const after = await cursorOf(ctx, query);
  const { actions } = ctx.db.tables;
  const [found, total] = await Promise.all([
    actions.findMany({
      where: { ...where, ...after?.bound },
      include: WITH_IDENTITY,
      orderBy: [{ [sort_by]: sort_dir }, { id: sort_dir }],
      take: limit + 1,
      skip,
      ...(after && { cursor: { id: after.id } }),
    }),
    // In the order of an index: else half a workspace's rows would be reason enough to read the whole table.
    actions.count({ where, orderBy: [{ created_at: 'desc' }, { id: 'desc' }], take: TOTAL_MAX + 1 }),
  ]);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return {
    actions: rows.map(rowFromTable),
    total: Math.min(total, TOTAL_MAX),
    totalIsEstimate: total > TOTAL_MAX,
    limit,
    skip,
    ...(sort_by === 'created_at' && { nextCursor: last ? showCursor(last.id) : null }),
  };
}

async function cursorOf(ctx: Context, { cursor, sort_by, sort_dir, skip }: ListActionsQuery) {
  if (cursor === undefined) return undefined;
  if (sort_by !== 'created_at') throw invalid('cursor', 'goes with sort_by created_at only');
  if (skip > 0) throw invalid('cursor', 'cannot stand beside skip');
  return readCursor(ctx, cursor, sort_dir);
}
