import { countActionsQuery, type CountActionsReply } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { sql, statementOf } from '../platform/db.ts';
import { formatId } from '../platform/ids.ts';
import { whereOf } from './list-filters.ts';
import { TOTAL_MAX } from '../action/select.ts';

export type ActionCounts = Omit<CountActionsReply, 'status'>;

/** Counts the actions that match, in all, by type and by agent. Stops at TOTAL_MAX. */
export async function countActions(ctx: Context, input: unknown): Promise<ActionCounts> {
  authorize(ctx, 'actions:read');
  const where = whereOf(countActionsQuery.parse(input), ctx.caller);
  // In the order of an index, so that it stops after what it counts.
  const [statement, params] = statementOf<{ type: string; agent_id: string | null; count: number }>(sql`
    select type, agent_id, count(*)::int from (
      select t.type, t.agent_id from actions t where ${where} order by t.created_at, t.id limit ${TOTAL_MAX + 1}::int
    ) c group by type, agent_id`);
  const groups = await ctx.db.query(statement, params);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  return {
    total: Math.min(total, TOTAL_MAX),
    ...(total > TOTAL_MAX && { total_is_estimate: true }),
    types: largestFirst(groups, ({ type }) => type).map(([type, count]) => ({ type, count })),
    agents: largestFirst(groups, ({ agent_id }) => agent_id).map(([id, count]) => ({
      agent_id: id === null ? null : formatId('agent', id),
      count,
    })),
  };
}

function largestFirst<Group extends { count: number }, Key>(
  groups: readonly Group[],
  keyOf: (group: Group) => Key,
): [Key, number][] {
  const counts = new Map<Key, number>();
  for (const group of groups) counts.set(keyOf(group), (counts.get(keyOf(group)) ?? 0) + group.count);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
