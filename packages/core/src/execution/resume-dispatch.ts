import { resumeDispatchBody, type JsonObject, type ResumeDispatchReply } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { returnToReview } from '../action/return-to-review.ts';
import { rowFromJson, type ActionRow } from '../action/row.ts';
import { NEXT_RESTORED } from '../action/sql/restored.ts';
import { transition } from '../action/transition.ts';
import { AppError, invalid } from '../platform/errors.ts';
import { runAndKeepReply } from '../platform/idempotency.ts';
import { parseId } from '../platform/ids.ts';

const BATCH = 200;
const NIL = '00000000-0000-0000-0000-000000000000';

type Counts = Omit<ResumeDispatchReply, 'status'>;

/**
 * Ends the hold. What may not run is first taken out of the way, so that a request that is cut off leaves the hold, and
 * can be sent again; without a hold, nothing changes. Only for operators: it decides about every workspace.
 */
export async function resumeDispatch(ctx: Context, input: unknown): Promise<Counts> {
  authorizeConfiguration(ctx, 'instance:operate');
  const { epoch, run } = resumeDispatchBody.parse(input);
  const mayRun = new Set(Array.isArray(run) ? run.map(actionIdOf) : []);
  return runAndKeepReply(ctx.db, ctx.idempotency, async () => {
    await ctx.epoch.check();
    const hold = ctx.epoch.hold();
    const counts: Counts = { returned_to_review: 0, outcome_unknown: 0, marked: 0 };
    if (!hold) return counts; // it has ended already
    if (hold.incarnation !== epoch) throw otherHold();
    if (hold.reason === 'superseded') throw new AppError('CONFLICT', hold.message);
    if (run !== 'all') await takeOut(ctx, mayRun, counts);
    await ctx.epoch.release(epoch);
    ctx.log.warn({ actor: ctx.caller.actor.id, ...counts }, 'an operator ended the hold of dispatch');
    return counts;
  });
}

const otherHold = (): AppError =>
  new AppError('CONFLICT', 'Another hold has begun since you read it. Read GET /v1/dispatch again.');

function actionIdOf(id: string): string {
  const uuid = parseId('action', id);
  if (!uuid) throw invalid('run', `${id} is not the id of an action`);
  return uuid;
}

async function takeOut(ctx: Context, mayRun: ReadonlySet<string>, counts: Counts): Promise<void> {
  for (let after = NIL; ;) {
    const found = (await ctx.db.query(NEXT_RESTORED, { after, limit: BATCH })).map(({ action }) => rowFromJson(action));
    await Promise.all(
      found.map(async (action) => {
        if (!mayRun.has(action.id) && (await moveAway(ctx, action))) counts[countOf(action)] += 1;
      }),
    );
    const last = found.at(-1);
    if (!last || found.length < BATCH) return;
    after = last.id;
  }
}

const countOf = ({ status }: ActionRow): keyof Counts =>
  status === 'running' ? 'outcome_unknown' : status === 'pending_approval' ? 'marked' : 'returned_to_review';

const UNKNOWN = {
  code: 'outcome_unknown',
  message: 'It may have happened. Check before repeating. (It was running when the database was backed up.)',
  retryable: false,
} as const;

/** False = somebody moved it meanwhile, who knew of the restore. */
async function moveAway(ctx: Context, action: ActionRow): Promise<boolean> {
  const { actor } = ctx.caller;
  const data: JsonObject = { reason: 'restored', via: ctx.via };
  const moving =
    action.status === 'running'
      ? transition(ctx.db, action, 'action.failed', {
          actor,
          change: { status_reason: UNKNOWN.code, error: UNKNOWN },
          data: { ...data, ...UNKNOWN },
        })
      : action.status === 'pending_approval'
        ? transition(ctx.db, action, 'action.updated', { actor, change: { status_reason: 'restored' }, data })
        : transition(ctx.db, action, 'action.returned_to_review', {
            actor,
            change: { ...returnToReview(action), status_reason: 'restored' },
            data,
          });
  return moving.then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError) return false;
      throw error;
    },
  );
}
