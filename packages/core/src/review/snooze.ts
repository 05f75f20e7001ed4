// A snooze hides an action from one member's list. The list compares times and versions, so nothing has to wake up.
import { noBody, pageQuery, snoozeActionBody, type Snooze } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../access/context.ts';
import { ActionError } from '../action/action-error.ts';
import type { Statement } from '../platform/db.ts';
import { invalid } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { formatId } from '../platform/ids.ts';
import type { Page } from '../platform/page.ts';
import { getActionInWorkspace } from './get.ts';

/** $1 workspace, $2 member, $3 action, $4 its version, $5 until when. A time that has passed inserts nothing. */
const SNOOZE: Statement = {
  name: 'snooze_put',
  text: `
    insert into snoozes (workspace_id, user_id, action_id, action_version, until)
    select $1::uuid, $2::uuid, $3::uuid, $4::int, $5::timestamptz
    where $5::timestamptz is null or $5::timestamptz > clock_timestamp()
    on conflict (workspace_id, user_id, action_id)
      do update set action_version = excluded.action_version, until = excluded.until
    returning until`,
};

/** $1 workspace, $2 member. */
const FORGET_ENDED: Statement = {
  name: 'snooze_forget_ended',
  text: `
    delete from snoozes s using actions a
    where s.workspace_id = $1::uuid and s.user_id = $2::uuid and a.id = s.action_id
      and (a.version <> s.action_version or s.until <= clock_timestamp())`,
};

const UNSNOOZE: Statement = {
  name: 'snooze_delete',
  text: 'delete from snoozes where workspace_id = $1::uuid and user_id = $2::uuid and action_id = $3::uuid',
};

/** $1 workspace, $2 member, $3 limit, $4 skip. */
const LIST: Statement = {
  name: 'snooze_list',
  text: `
    with mine as (
      select s.action_id, s.until from snoozes s join actions a on a.id = s.action_id and a.version = s.action_version
      where s.workspace_id = $1::uuid and s.user_id = $2::uuid and (s.until is null or s.until > clock_timestamp())
    )
    select (select count(*)::int from mine) as total, page.*
    from (select 1) one left join (
      select * from mine order by until nulls last, action_id limit $3::int offset $4::int
    ) page on true`,
};

/** Hides a pending action from the caller's own list until then, or until it changes. */
export async function snoozeAction(ctx: Context, id: string, input: unknown): Promise<Snooze> {
  const person = authorizeReviewing(ctx);
  const { until } = snoozeActionBody.parse(input);
  const seen = await getActionInWorkspace(ctx, id);
  if (seen.status !== 'pending_approval')
    throw new ActionError('INVALID_STATE', 'Only an action that waits for a decision can be snoozed.', seen);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.query(FORGET_ENDED, [seen.workspace_id, person.id]);
    const values = [seen.workspace_id, person.id, seen.id, seen.version, until];
    const [kept] = await tx.query<{ until: Date | null }>(SNOOZE, values);
    if (!kept) throw invalid('until', 'must be in the future');
    return presentSnooze({ action_id: seen.id, until: kept.until });
  });
}

/** Shows it again at once. The second time changes nothing. */
export async function unsnoozeAction(ctx: Context, id: string, input: unknown): Promise<string> {
  const person = authorizeReviewing(ctx);
  noBody.parse(input);
  const action = await getActionInWorkspace(ctx, id);
  await ctx.db.query(UNSNOOZE, [action.workspace_id, person.id, action.id]);
  return formatId('action', action.id);
}

/** Lists what the caller has snoozed. What comes back first is first. */
export async function listSnoozes(ctx: Context, input: unknown): Promise<Page<Snooze>> {
  const person = authorizeReviewing(ctx);
  const { limit, skip } = pageQuery.parse(input);
  const values = [ctx.caller.workspaceId, person.id, limit, skip];
  const rows = await ctx.db.query<{ total: number; action_id: string | null; until: Date | null }>(LIST, values);
  const snoozes = rows.flatMap(({ action_id, until }) => (action_id ? [presentSnooze({ action_id, until })] : []));
  return { rows: snoozes, total: rows[0]?.total ?? 0, limit, skip };
}

const presentSnooze = ({ action_id, until }: { action_id: string; until: Date | null }): Snooze => ({
  action_id: formatId('action', action_id),
  until: until?.toISOString() ?? null,
});
