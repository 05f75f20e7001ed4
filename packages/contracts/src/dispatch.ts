import { z } from 'zod';
import { bareUuid, idOrUuid, prefixedId } from './ids.ts';
import { actionStatus } from './lifecycle.ts';
import { strictFields } from './optional.ts';
import { ok } from './fields.ts';
import { utcTimestamp } from './time.ts';

/** How many of the affected actions a reply lists. */
export const AFFECTED_LISTED_MAX = 200;

export const dispatchReply = z.object({
  status: ok,
  hold: z
    .object({
      reason: z
        .enum(['behind', 'moved', 'superseded', 'operator'])
        .describe(
          'behind: the database is older than its mirror. moved: it was restored or copied. superseded: another copy has taken over. operator: held by hand.',
        ),
      message: z.string().describe('What happened, and what to do.'),
      since: utcTimestamp.describe('Since when nothing starts.'),
      epoch: bareUuid.describe('The name of the history that is held: what a request to resume names.'),
      database_as_of: utcTimestamp.describe('About when the database was backed up.'),
      lost_until: utcTimestamp.nullable().describe('Until when the lost history is known to have run; null = unknown.'),
    })
    .nullable()
    .describe('Why nothing starts; null = dispatch is not held.'),
  actions: z
    .array(
      z.object({
        action_id: prefixedId('action').describe('The action.'),
        workspace_id: bareUuid.describe('Its workspace.'),
        workspace: z.string().describe('The name of its workspace.'),
        type: z.string().describe('Its type.'),
        status: actionStatus.describe('Its status in the restored database.'),
        identity: z.string().nullable().describe('The name of the account that it acts as; null = none.'),
        what: z.string().nullable().describe('What it does, in one line.'),
        due_at: utcTimestamp.describe('Since when it has been due.'),
        may_repeat: z
          .boolean()
          .describe(
            'It may already have run, and running it again would repeat it. False = a repetition changes nothing.',
          ),
        wake_up_handled: z
          .boolean()
          .describe('The queue knows that a worker took its wake-up, so it has probably run. False says nothing.'),
      }),
    )
    .describe(`What would run at once, oldest due first: at most ${AFFECTED_LISTED_MAX}.`),
  total_items: z.int().describe('How many would run at once.'),
});
export type DispatchReply = z.output<typeof dispatchReply>;

export const resumeDispatchBody = strictFields({
  epoch: z.uuid().describe('The `epoch` of the hold, as it was read. Another hold is not ended.'),
  run: z
    .union([z.enum(['all', 'none']), z.array(idOrUuid('action')).min(1).max(1_000)])
    .describe(
      'What may run of what was due in the restored database. `all`: it is current, so everything may. `none`, or all but the listed actions: they return to review, and those that were running fail as `outcome_unknown`.',
    ),
}).meta({
  id: 'ResumeDispatch',
  description: 'What may run after a restore.',
  examples: [{ epoch: '6b0d3f0e-5c0b-4f6e-9d7a-2f1f0a9f6f11', run: 'none' }],
});
export type ResumeDispatchBody = z.output<typeof resumeDispatchBody>;

export const resumeDispatchReply = z.object({
  status: ok,
  returned_to_review: z.int().describe('How many returned to review.'),
  outcome_unknown: z.int().describe('How many were running, and may have happened.'),
  marked: z
    .int()
    .describe('How many waited for a decision in the backup, and now say that they may have been decided.'),
});
export type ResumeDispatchReply = z.output<typeof resumeDispatchReply>;
