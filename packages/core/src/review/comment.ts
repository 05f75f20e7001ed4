// A comment is an entry in the action's log. The version guards the limits: whoever counted before another comment was
// written counts again. Held by apps/api/test/reviewing.test.ts.
import { commentOnActionBody } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../access/context.ts';
import { ActionError } from '../action/action-error.ts';
import { replayOrRun } from '../action/replay.ts';
import type { ActionRow } from '../action/row.ts';
import { transition } from '../action/transition.ts';
import { AppError } from '../platform/errors.ts';
import { statement } from '../platform/statement.ts';
import { getActionInWorkspace } from './get.ts';

const COMMENTS_MAX = 200;
const PER_MINUTE_MAX = 20;
/** The action may change while its comments are counted. */
const TRIES_MAX = 5;

const COUNT = statement<{ action: string; author: string }, { total: number; recent: number }>(
  'comments_count',
  `
    select count(*)::int as total,
      count(*) filter (where actor->>'id' = :author::text and at > clock_timestamp() - interval '1 minute')::int as recent
    from action_events where action_id = :action::uuid and event = 'action.commented'`,
);

/** Comments on an action, in any status. The proposer can read it in the log and in the event stream. */
export async function commentOnAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeReviewing(ctx);
  const { comment } = commentOnActionBody.parse(input);
  return replayOrRun(ctx.db, ctx.idempotency, () => write(ctx, id, comment, TRIES_MAX));
}

async function write(ctx: Context, id: string, comment: string, tries: number): Promise<ActionRow> {
  const seen = await getActionInWorkspace(ctx, id);
  await assertRoom(ctx, seen);
  const { actor } = ctx.caller;
  const how = { actor, data: { comment, via: ctx.via }, idempotency: ctx.idempotency };
  return transition(ctx.db, seen, 'action.commented', how).catch((error: unknown) => {
    if (tries > 1 && error instanceof ActionError && error.code === 'CONFLICT')
      return write(ctx, id, comment, tries - 1);
    throw error;
  });
}

async function assertRoom({ db, caller }: Context, { id }: ActionRow): Promise<void> {
  const [counted] = await db.query(COUNT, { action: id, author: caller.actor.id });
  if (counted && counted.total >= COMMENTS_MAX)
    throw new AppError('CONFLICT', `This action has ${COMMENTS_MAX} comments, which is the limit.`);
  if (counted && counted.recent >= PER_MINUTE_MAX)
    throw new AppError(
      'RATE_LIMITED',
      `You can comment ${PER_MINUTE_MAX} times a minute on one action. Try again later.`,
    );
}
