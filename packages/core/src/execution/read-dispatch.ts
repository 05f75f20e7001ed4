import { AFFECTED_LISTED_MAX, type DispatchReply } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { rowFromJson, type ActionRow } from '../action/row.ts';
import { LIST_RESTORED } from '../action/sql/restored.ts';
import { deliveryGuaranteeOf, NEVER_REPEAT } from '../executors/delivery-guarantee.ts';
import { formatId } from '../platform/ids.ts';
import type { DispatchHold } from '../platform/epoch.ts';

/**
 * Why nothing starts, and what would run. Only for operators: a hold is the whole instance's, and the list has actions
 * of every workspace.
 */
export async function readDispatch(ctx: Context): Promise<Omit<DispatchReply, 'status'>> {
  authorizeConfiguration(ctx, 'instance:operate');
  await ctx.epoch.check();
  const hold = ctx.epoch.hold();
  if (!hold) return { hold: null, actions: [], total_items: 0 };
  const [found, handled] = await Promise.all([
    ctx.db.query(LIST_RESTORED, { limit: AFFECTED_LISTED_MAX }),
    ctx.queue.backend === 'redis' ? ctx.queue.handled().catch(() => new Set<string>()) : new Set<string>(),
  ]);
  return {
    hold: {
      reason: hold.reason,
      message: hold.message,
      since: hold.since.toISOString(),
      epoch: hold.incarnation,
      database_as_of: hold.databaseAsOf.toISOString(),
      lost_until: hold.lostUntil?.toISOString() ?? null,
    },
    actions: found.map(({ action: json, workspace, identity }) => {
      const action = rowFromJson(json);
      return {
        action_id: formatId('action', action.id),
        workspace_id: action.workspace_id,
        workspace,
        type: action.type,
        status: action.status,
        identity,
        what: action.preview?.summary ?? action.preview?.title ?? action.description,
        due_at: action.due_at.toISOString(),
        may_repeat: mayRepeat(ctx, action, hold),
        wake_up_handled: handled.has(action.id),
      };
    }),
    total_items: found[0]?.total ?? 0,
  };
}

/**
 * A run that writes only into this database was undone by the restore. One that the provider de-duplicates may be
 * repeated for as long as its key is known there: no run can be older than the backup.
 */
function mayRepeat({ executors }: Context, { type }: ActionRow, { databaseAsOf, since }: DispatchHold): boolean {
  const executor = executors.get(type);
  if (!executor) return true; // a workspace's tool
  const isStatic = typeof executor.delivery !== 'function';
  const { delivery, repeatableMs } = isStatic ? deliveryGuaranteeOf(executor, {}, null) : NEVER_REPEAT;
  if (delivery === 'transactional') return false;
  return since.getTime() - databaseAsOf.getTime() >= repeatableMs;
}
