import { z } from 'zod';
import { givenId, shownId, shownUuid } from './ids.ts';
import { actor } from './access.ts';
import { comment, params, paramsHash, reference, wholeNumber, ok } from './fields.ts';
import { jsonObject, plainText } from './json.ts';
import { actionStatus, eventName, failure, statusReason } from './lifecycle.ts';
import { preview } from './preview.ts';
import { instant, shownTime } from './time.ts';
import { strictFields } from './optional.ts';

export const DESCRIPTION_CHARS_MAX = 2000;

/** Up to 50 pairs, returned as they came. */
export const metadata = z
  .record(plainText(40).min(1), plainText(500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'has more than 50 pairs');

export const createActionBody = strictFields({
  type: plainText(64)
    .min(1)
    .describe('What is to be done: a built-in type, or the name of one of the workspace’s tools.'),
  params: params.describe('What it is to be done with, as the type’s schema says; at most 256 KiB.'),
  identity_id: givenId('identity').describe(
    'The account to act as. Types that need none take any identity of the workspace.',
  ),
  direct: z
    .boolean()
    .optional()
    .describe(
      'Due at once and ahead of the queue. Not with `scheduled_time` or `require_approval: true`. It skips no approval.',
    ),
  scheduled_time: instant
    .optional()
    .describe('When it is due: RFC 3339 with an offset. A time in the past is now, which is the default.'),
  expires_at: instant
    .optional()
    .describe('It does not start after this time; RFC 3339 with an offset, later than `scheduled_time`.'),
  description: plainText(DESCRIPTION_CHARS_MAX)
    .optional()
    .describe('Why, for the person who decides. It is shown as the proposer’s words.'),
  require_approval: z.boolean().optional().describe('True: it waits for a person, whatever the agent’s settings.'),
  list_id: reference.optional().describe('A reference of your own, to filter by.'),
  item_id: reference.optional().describe('A reference of your own, to filter by.'),
  run_id: givenId('run')
    .optional()
    .describe('The run of an agent that proposes it. Its agent’s settings then say whether it waits for a person.'),
  mission_id: z
    .guid()
    .toLowerCase()
    .optional()
    .describe('A UUID of your own that groups what belongs together. With the type it makes a batch.'),
  session_id: reference.optional().describe('A reference of your own to the conversation that it came from.'),
  metadata: metadata.optional().describe('Up to 50 pairs of your own, returned as they came.'),
}).meta({
  id: 'CreateAction',
  description: 'An action to propose.',
  examples: [
    {
      type: 'email_message',
      params: {
        email: 'ada@example.com',
        subject: 'Following up',
        message: 'Hi, circling back on yesterday’s demo.',
      },
      identity_id: 'id_01h455vb4pex5vsknk084sn02q',
      require_approval: true,
    },
  ],
});
export type CreateActionBody = z.output<typeof createActionBody>;

export const updateActionBody = z
  .strictObject({
    params: params.optional().describe('All params anew. What was looked up is looked up again.'),
    scheduled_time: instant.nullable().optional().describe('When it is due: RFC 3339 with an offset; null = now.'),
    identity_id: givenId('identity').optional().describe('Another account to act as.'),
    description: plainText(DESCRIPTION_CHARS_MAX)
      .nullable()
      .optional()
      .describe('Why, for the person who decides; null removes it.'),
    require_approval: z
      .boolean()
      .optional()
      .describe('True sends it back to a person. False on a pending action is an approval, by whoever may decide.'),
    params_hash: paramsHash
      .nullable()
      .optional()
      .describe('The hash that was read, which binds an approval by `require_approval: false` to it.'),
  })
  .refine((body) => Object.keys(body).some((key) => key !== 'params_hash'), 'must change at least one field')
  .meta({
    id: 'UpdateAction',
    description: 'What to change about an action that has not begun.',
    examples: [{ scheduled_time: '2030-01-02T09:00:00Z', description: 'After the holidays' }],
  });
export type UpdateActionBody = z.output<typeof updateActionBody>;

export const decision = z
  .enum(['approve', 'reject', 'edit'])
  .meta({ id: 'Decision', description: 'What a person decides. `edit` is an approval with changes.' });

export const decideActionBody = strictFields({
  action: decision.describe('What is decided. `edit` approves it with `edits`.'),
  comment: comment.optional().describe('Why, for the proposer.'),
  edits: params
    .optional()
    .describe('With `edit` only: params that replace those of the same name. What is not named stays.'),
  params_hash: paramsHash
    .optional()
    .describe('The hash that was read: the decision counts only for that. Needed once the proposal was changed.'),
})
  .refine((body) => (body.action === 'edit') === (body.edits !== undefined), {
    path: ['edits'],
    message: 'is required with action edit, and refused otherwise',
  })
  .meta({
    id: 'DecideAction',
    description: 'A decision on an action.',
    examples: [{ action: 'edit', edits: { subject: 'Our demo yesterday' }, comment: 'A clearer subject.' }],
  });
export type DecideActionBody = z.output<typeof decideActionBody>;

/** `action` may say it once more, as in an approval; nothing else can be meant here. */
export const rejectActionBody = strictFields({
  action: z.literal('reject').optional().describe('May be left out.'),
  comment: comment.optional().describe('Why, for the proposer.'),
}).meta({ id: 'RejectAction', description: 'A rejection.', examples: [{ comment: 'Not to this customer.' }] });
export const runActionBody = strictFields({
  params_hash: paramsHash
    .optional()
    .describe('Of a pending action: the hash that was read, which the approval is bound to.'),
}).meta({
  id: 'ExecuteAction',
  description: 'An order to run an action now.',
  examples: [{}],
});
export const noBody = z.strictObject({}).meta({ id: 'NoBody', description: 'An empty object, which may be left out.' });

/** A query value that names several of a closed or open set, separated by commas. */
const commaList = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .max(1024)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1));

export const pageLimit = wholeNumber(1, 100, 20).describe('How many at most; 20 unless given.');
export const pageSkip = wholeNumber(0, 1_000_000, 0).describe('How many to pass over; 0 unless given.');
export const pageCursor = z
  .string()
  .min(1)
  .max(1_024)
  .optional()
  .meta({ description: '`next_cursor` of the page before.' });

export const ACTION_SORTS = ['created_at', 'updated_at', 'scheduled_time', 'status', 'type'] as const;

export const listActionsQuery = z.strictObject({
  status: commaList(actionStatus).optional().describe('These statuses, separated by commas.'),
  status_reason: statusReason.optional().describe('This reason of the status.'),
  type: commaList(plainText(64).min(1)).optional().describe('These types, separated by commas.'),
  list_id: reference.optional().describe('This reference of yours.'),
  item_id: reference.optional().describe('This reference of yours.'),
  identity_id: givenId('identity').optional().describe('To be done as this identity.'),
  contact_id: givenId('contact').optional().describe('On this contact.'),
  company_id: givenId('company').optional().describe('On this company.'),
  agent_id: givenId('agent').optional().describe('Proposed by this agent.'),
  run_id: givenId('run').optional().describe('Proposed in this run.'),
  limit: pageLimit,
  skip: pageSkip,
  cursor: pageCursor,
  sort_by: z.enum(ACTION_SORTS).default('created_at').describe('What the list is sorted by. Ties go by id.'),
  sort_dir: z
    .enum(['asc', 'desc'])
    .default('desc')
    .describe('From the newest, the last or the greatest (`desc`), or the other way round.'),
});
export type ListActionsQuery = z.output<typeof listActionsQuery>;
export const listContactActionsQuery = listActionsQuery.omit({ contact_id: true });

export const approval = z.object({
  decision: decision.describe('What was decided.'),
  by: actor.describe('Who decided.'),
  comment: z.string().nullable().describe('Why; null = no comment.'),
  at: shownTime.describe('When.'),
  edits: jsonObject.nullable().describe('What the decision changed in the params; null = nothing.'),
  via: z.string().describe('The operation by which it was decided.'),
});
export type Approval = z.output<typeof approval>;

export const actionError = z.object({
  code: failure.describe('Why it failed.'),
  message: z.string().describe('The same for people, often in the words of the far side.'),
  retryable: z.boolean().describe('Whether the same may be proposed again without harm.'),
});
export type ActionError = z.output<typeof actionError>;

export const logEntry = z.object({
  at: shownTime.describe('When.'),
  event: eventName.describe('What happened.'),
  actor: actor.describe('Who did it.'),
  data: jsonObject.describe('What belongs to the event, such as a comment or an error.'),
});
export type LogEntry = z.output<typeof logEntry>;

/** An action as /v1 shows it. Times are RFC 3339 in UTC; ids are TypeIDs but for mission_id. */
export const action = z
  .object({
    action_id: shownId('action').describe('Names the action.'),
    type: z.string().describe('A built-in type, or the name of one of the workspace’s tools.'),
    status: actionStatus.describe('How it stands.'),
    status_reason: statusReason.nullable().describe('Why it stands so; null = nothing to add.'),
    params: jsonObject.describe(
      'What it is done with: as proposed, with what was looked up and what the decision changed.',
    ),
    original_params: jsonObject.nullable().describe('The first proposal, where it differs from `params`; else null.'),
    params_hash: z
      .string()
      .describe('What an approval is bound to: a hash of the params, the identity and the version of the type.'),
    version: z.int().describe('Counts the changes of this action. It is its ETag.'),
    identity_id: shownId('identity').nullable().describe('The account to act as.'),
    description: z.string().nullable().describe('Why, in the proposer’s words; null = not said.'),
    preview: preview.nullable().describe('The card that a person decides by; null = none was drawn.'),
    direct: z.boolean().describe('Due at once and ahead of the queue.'),
    require_approval: z.boolean().describe('It was proposed to wait for a person.'),
    scheduled_time: shownTime.nullable().describe('When the proposal asked for; null = as soon as may be.'),
    due_at: shownTime.describe(
      'When it may start next: later than `scheduled_time` after a failed attempt, or where its identity is paced.',
    ),
    expires_at: shownTime.nullable().describe('It does not start after this time; null = it does not expire.'),
    list_id: z.string().nullable().describe('Your reference.'),
    item_id: z.string().nullable().describe('Your reference.'),
    contact_id: shownId('contact').nullable().describe('The contact in its params; null = none.'),
    company_id: shownId('company').nullable().describe('The company in its params; null = none.'),
    agent_id: shownId('agent').nullable().describe('The agent that proposed it; null = none did.'),
    run_id: shownId('run').nullable().describe('The run that it was proposed in; null = none.'),
    action_index: z
      .int()
      .nullable()
      .describe('Its place among the run’s actions on the same contact, from 0; null = in no run, or on no contact.'),
    mission_id: shownUuid.nullable().describe('Your UUID that groups it.'),
    session_id: z.string().nullable().describe('Your reference to its conversation.'),
    batch_id: z.string().nullable().describe('Mission and type together; null without a mission.'),
    metadata: z.record(z.string(), z.string()).describe('Your pairs.'),
    approval: approval.nullable().describe('The decision that stands; null = none.'),
    attempts: z.int().describe('How often it was begun.'),
    result: jsonObject.nullable().describe('What came of it; null until it has completed.'),
    error: actionError.nullable().describe('Why it failed; null = it did not.'),
    created_by: actor.describe('Who proposed it.'),
    created_at: shownTime.describe('When it was proposed.'),
    updated_at: shownTime.describe('When it last changed.'),
    started_at: shownTime.nullable().describe('When the latest attempt began; null = none has.'),
    completed_at: shownTime.nullable().describe('When it ended, however it ended; null = it has not.'),
  })
  .meta({ id: 'Action', description: 'An action: what was proposed, how it stands, and what came of it.' });
export type Action = z.output<typeof action>;

export const actionReply = z.object({
  status: ok,
  action_id: shownId('action').describe('Names the action.'),
  action: action.describe('The action as it is now.'),
});
export const getActionQuery = z.strictObject({
  logs_cursor: pageCursor.meta({ description: '`logs_next_cursor` of the reply before: its log goes on there.' }),
});
export const actionWithLogsReply = z.object({
  status: ok,
  action: action
    .extend({
      logs: z.array(logEntry).meta({ description: 'The oldest entries first.' }),
      logs_next_cursor: z.string().optional().meta({
        description: 'Present when the log is too large for one reply: it goes on at `logs_cursor`.',
      }),
    })
    .meta({ id: 'ActionWithLogs', description: 'An action, and everything that has happened to it.' })
    .describe('The action as it is now, with its log.'),
});
export type ActionWithLogs = z.output<typeof actionWithLogsReply>['action'];
export const pagination = z
  .object({
    total_items: z.int().describe('How many match; counted up to 10 000.'),
    total_is_estimate: z.literal(true).optional().describe('Present when more than `total_items` match.'),
    limit: z.int().describe('How many a page has at most.'),
    skip: z.int().describe('How many were skipped before it.'),
    truncated: z.literal(true).optional().meta({
      description:
        'The rows are so large that the page ends before `limit`. Go on with `next_cursor`, or add the number of rows to `skip`.',
    }),
    next_cursor: z.string().nullable().meta({ description: 'Where the next page begins; null on the last page.' }),
  })
  .meta({ id: 'Pagination', description: 'Where a page stands in its list.' });
export const listActionsReply = z.object({
  status: ok,
  actions: z.array(action).describe('The page.'),
  pagination: pagination.describe('Where the page stands.'),
});
export type ListActionsReply = z.output<typeof listActionsReply>;
