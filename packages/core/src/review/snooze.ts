// A snooze hides an action from one member's list. The list compares times and versions, so nothing has to wake up.
import { noBody, pageQuery, snoozeActionBody, type Snooze } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../access/context.ts';
import { ActionError } from '../action/action-error.ts';
import { invalid } from '../platform/errors.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { formatId } from '../platform/ids.ts';
import type { Page } from '../platform/page.ts';
import { statement } from '../platform/statement.ts';
import { getActionInWorkspace } from './get.ts';

interface Snoozed {
  workspace: string;
  member: string;
  action: string;
}

/** A time that has passed inserts nothing. */
const SNOOZE = statement<Snoozed & { version: number; until: string | null }, { until: Date | null }>(
  'snooze_put',
  `
    insert into snoozes (workspace_id, user_id, action_id, action_version, until)
    select :workspace::uuid, :member::uuid, :action::uuid, :version::int, :until::timestamptz
    where :until::timestamptz is null or :until::timestamptz > clock_timestamp()
    on conflict (workspace_id, user_id, action_id)
      do update set action_version = excluded.action_version, until = excluded.until
    returning until`,
);

const FORGET_ENDED = statement<Omit<Snoozed, 'action'>>(
  'snooze_forget_ended',
  `
    delete from snoozes s using actions a
    where s.workspace_id = :workspace::uuid and s.user_id = :member::uuid and a.id = s.action_id
      and (a.version <> s.action_version or s.until <= clock_timestamp())`,
);

const UNSNOOZE = statement<Snoozed>(
  'snooze_delete',
  'delete from snoozes where workspace_id = :workspace::uuid and user_id = :member::uuid and action_id = :action::uuid',
);

const LIST = statement<
  Omit<Snoozed, 'action'> & { limit: number; skip: number },
  { total: number; action_id: string | null; until: Date | null }
>(
  'snooze_list',
  `
    with mine as (
      select s.action_id, s.until from snoozes s join actions a on a.id = s.action_id and a.version = s.action_version
      where s.workspace_id = :workspace::uuid and s.user_id = :member::uuid and (s.until is null or s.until > clock_timestamp())
    )
    select (select count(*)::int from mine) as total, page.*
    from (select 1) one left join (
      select * from mine order by until nulls last, action_id limit :limit::int offset :skip::int
    ) page on true`,
);

/** Hides a pending action from the caller's own list until then, or until it changes. */
export async function snoozeAction(ctx: Context, id: string, input: unknown): Promise<Snooze> {
  const person = authorizeReviewing(ctx);
  const { until } = snoozeActionBody.parse(input);
  const seen = await getActionInWorkspace(ctx, id);
  if (seen.status !== 'pending_approval')
    throw new ActionError('INVALID_STATE', 'Only an action that waits for a decision can be snoozed.', seen);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    const mine = { workspace: seen.workspace_id, member: person.id };
    await tx.query(FORGET_ENDED, mine);
    const [kept] = await tx.query(SNOOZE, { ...mine, action: seen.id, version: seen.version, until });
    if (!kept) throw invalid('until', 'must be in the future');
    return presentSnooze({ action_id: seen.id, until: kept.until });
  });
}

/** Shows it again at once. The second time changes nothing. */
export async function unsnoozeAction(ctx: Context, id: string, input: unknown): Promise<string> {
  const person = authorizeReviewing(ctx);
  noBody.parse(input);
  const action = await getActionInWorkspace(ctx, id);
  await ctx.db.query(UNSNOOZE, { workspace: action.workspace_id, member: person.id, action: action.id });
  return formatId('action', action.id);
}

/** Lists what the caller has snoozed. What comes back first is first. */
export async function listSnoozes(ctx: Context, input: unknown): Promise<Page<Snooze>> {
  const person = authorizeReviewing(ctx);
  const { limit, skip } = pageQuery.parse(input);
  const rows = await ctx.db.query(LIST, { workspace: ctx.caller.workspaceId, member: person.id, limit, skip });
  const snoozes = rows.flatMap(({ action_id, until }) => (action_id ? [presentSnooze({ action_id, until })] : []));
  return { rows: snoozes, total: rows[0]?.total ?? 0, limit, skip };
}

const presentSnooze = ({ action_id, until }: { action_id: string; until: Date | null }): Snooze => ({
  action_id: formatId('action', action_id),
  until: until?.toISOString() ?? null,
});
