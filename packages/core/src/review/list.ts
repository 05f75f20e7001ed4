import { listActionsQuery, type ListActionsQuery } from '@proviso/contracts';
import { authorize, type Context } from '../access/context.ts';
import { cursorWithSkip, type Order } from '../platform/page.ts';
import { afterAction } from '../action/cursor.ts';
import { whereOf } from './list-filters.ts';
import { countUpTo, selectActions, totalOf, type SelectedActions } from '../action/select.ts';

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
  const where = whereOf(query, ctx.caller);
  const order = orderOf(query);
  const after = cursor === undefined ? undefined : await afterAction(ctx, order, cursor);
  const selected = await selectActions(ctx.db, { where, order, after, limit, skip, count: countUpTo(where) });
  return { ...selected, ...totalOf(selected), limit, skip };
}
