import { z } from 'zod';
import { idOrUuid, prefixedId, bareUuid } from './ids.ts';
import { actor } from './access.ts';
import { cardDigest, comment, holdSeconds, ok, params, paramsHash, reference, wholeNumber } from './fields.ts';
import { jsonObject, plainText } from './json.ts';
import { actionStatus, eventName, failure, statusReason } from './lifecycle.ts';
import { preview } from './preview.ts';
import { instant, utcTimestamp } from './time.ts';
import { strictFields } from './optional.ts';

export const DESCRIPTION_CHARS_MAX = 2000;

/** Up to 50 pairs, returned unchanged. */
export const metadata = z
  .record(plainText(40).min(1), plainText(500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'must have at most 50 pairs');

export const createActionBody = strictFields({
  type: plainText(64)
    .min(1)
    .describe('The type of the action: a built-in type, or the name of one of the workspace’s tools.'),
  params: params.describe('The input, as the schema of the type describes; at most 256 KiB.'),
  identity_id: idOrUuid('identity').describe(
    'The account to act as. Types that need none accept any identity of the workspace.',
  ),
  direct: z
    .boolean()
    .optional()
    .describe(
      'Run at once and ahead of the queue. Cannot be combined with `scheduled_time` or `require_approval: true`. It does not skip approval.',
    ),
  scheduled_time: instant
    .optional()
    .describe('When it is due: RFC 3339 with an offset. A time in the past means now, which is the default.'),
  expires_at: instant
    .optional()
    .describe('It cannot start after this time; RFC 3339 with an offset, later than `scheduled_time`.'),
  description: plainText(DESCRIPTION_CHARS_MAX)
    .optional()
    .describe('The reason, for the person who decides. It is shown as the proposer’s words.'),
  require_approval: z.boolean().optional().describe('True: it waits for a person, whatever the agent’s settings say.'),
  list_id: reference.optional().describe('Your own reference, to filter by.'),
  item_id: reference.optional().describe('Your own reference, to filter by.'),
  run_id: idOrUuid('run')
    .optional()
    .describe('The run that it belongs to. The settings of the run’s agent then decide whether it waits for a person.'),
  mission_id: z
    .guid()
    .toLowerCase()
    .optional()
    .describe('Your own UUID, to group related actions. Mission and type together form a batch.'),
  session_id: reference.optional().describe('Your own reference to the conversation that it came from.'),
  metadata: metadata.optional().describe('Up to 50 key-value pairs, returned unchanged.'),
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
    params: params
      .optional()
      .describe('All params, replacing the old ones. Fields that were looked up are looked up again.'),
    scheduled_time: instant.nullable().optional().describe('When it is due: RFC 3339 with an offset; null = now.'),
    identity_id: idOrUuid('identity').optional().describe('A different account to act as.'),
    description: plainText(DESCRIPTION_CHARS_MAX)
      .nullable()
      .optional()
      .describe('The reason, for the person who decides; null removes it.'),
    require_approval: z
      .boolean()
      .optional()
      .describe(
        'True returns it to review. False on a pending action is an approval, so the caller must be allowed to decide.',
      ),
    params_hash: paramsHash
      .nullable()
      .optional()
      .describe('The hash that you read: an approval by `require_approval: false` counts only for it.'),
  })
  .refine((body) => Object.keys(body).some((key) => key !== 'params_hash'), 'must change at least one field')
  .meta({
    id: 'UpdateAction',
    description: 'What to change about an action that has not started.',
    examples: [{ scheduled_time: '2030-01-02T09:00:00Z', description: 'After the holidays' }],
  });
export type UpdateActionBody = z.output<typeof updateActionBody>;

export const decision = z
  .enum(['approve', 'reject', 'edit'])
  .meta({ id: 'Decision', description: 'The decision. `edit` is an approval with changes.' });

export const decideActionBody = strictFields({
  action: decision.describe('The decision. `edit` approves it with `edits`.'),
  comment: comment.optional().describe('The reason, for the proposer.'),
  edits: params
    .optional()
    .describe('With `edit` only: params that replace those of the same name. The others stay as they are.'),
  params_hash: paramsHash
    .optional()
    .describe('The hash that you read: the decision counts only for it. Required once the proposal has changed.'),
  card_digest: cardDigest
    .optional()
    .describe('The digest of the preview that you showed: the decision counts only for it, and stores it.'),
  hold_seconds: holdSeconds.optional(),
})
  .refine((body) => (body.action === 'edit') === (body.edits !== undefined), {
    path: ['edits'],
    message: 'is required with action edit, and not allowed otherwise',
  })
  .refine((body) => body.action !== 'reject' || body.hold_seconds === undefined, {
    path: ['hold_seconds'],
    message: 'is not allowed with action reject',
  })
  .meta({
    id: 'DecideAction',
    description: 'A decision on an action.',
    examples: [{ action: 'edit', edits: { subject: 'Our demo yesterday' }, comment: 'A clearer subject.' }],
  });
export type DecideActionBody = z.output<typeof decideActionBody>;

/** `action` may repeat the verb, as in an approval; it can mean nothing else here. */
export const rejectActionBody = strictFields({
  action: z.literal('reject').optional().describe('The body may be left out.'),
  comment: comment.optional().describe('The reason, for the proposer.'),
}).meta({ id: 'RejectAction', description: 'A rejection.', examples: [{ comment: 'Not to this customer.' }] });
export const runActionBody = strictFields({
  params_hash: paramsHash
    .optional()
    .describe('For a pending action: the hash that you read. The approval counts only for it.'),
}).meta({
  id: 'ExecuteAction',
  description: 'A request to run an action now.',
  examples: [{}],
});
export const noBody = z.strictObject({}).meta({ id: 'NoBody', description: 'An empty object, which may be left out.' });

export const confirmOutcomeBody = strictFields({
  outcome: z
    .enum(['done', 'not_done'])
    .describe('What you found at the provider: `done`, it happened; `not_done`, it did not.'),
  comment: comment.optional().describe('How you know, for whoever reads the log.'),
}).meta({
  id: 'ConfirmOutcome',
  description: 'What really happened.',
  examples: [{ outcome: 'not_done', comment: 'The sent folder does not have it.' }],
});

export const proposeAgainBody = strictFields({
  params: params.optional().describe('Params that replace those of the same name. The others stay as they were.'),
  description: plainText(DESCRIPTION_CHARS_MAX)
    .optional()
    .describe('The reason, for the person who decides. By default the same as before.'),
}).meta({
  id: 'ProposeAgain',
  description: 'What differs from the earlier action.',
  examples: [{ description: 'The first one did not arrive.' }],
});
export type ProposeAgainBody = z.output<typeof proposeAgainBody>;

/** A query value that lists several values of a closed or open set, separated by commas. */
const commaList = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .max(1024)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1));

export const pageLimit = wholeNumber(1, 100, 20).describe('The size of a page; 20 by default.');
export const pageSkip = wholeNumber(0, 1_000_000, 0).describe('How many to skip; 0 by default.');
export const pageCursor = z
  .string()
  .min(1)
  .max(1_024)
  .optional()
  .meta({ description: 'The `next_cursor` of the page before.' });

export const ACTION_SORTS = ['created_at', 'updated_at', 'scheduled_time', 'status', 'type'] as const;

const actionFilters = {
  status: commaList(actionStatus).optional().describe('Only these statuses, separated by commas.'),
  status_reason: statusReason.optional().describe('Only with this status reason.'),
  type: commaList(plainText(64).min(1)).optional().describe('Only these types, separated by commas.'),
  list_id: reference.optional().describe('Only with this reference.'),
  item_id: reference.optional().describe('Only with this reference.'),
  identity_id: idOrUuid('identity').optional().describe('Only with this identity.'),
  contact_id: idOrUuid('contact').optional().describe('Only on this contact.'),
  company_id: idOrUuid('company').optional().describe('Only on this company.'),
  agent_id: idOrUuid('agent').optional().describe('Only those that this agent proposed.'),
  run_id: idOrUuid('run').optional().describe('Only those proposed in this run.'),
  assignee: commaList(plainText(64).min(1))
    .optional()
    .describe('Only those assigned to these members: ids, `me`, or `none` for nobody; separated by commas.'),
  snoozed: z
    .enum(['true', 'false'])
    .optional()
    .describe('`false`: without those that you have snoozed; `true`: only those. By default both.'),
  again_of: idOrUuid('action').optional().describe('Only the one that proposes this action again.'),
  created_after: instant.optional().describe('Only those proposed at or after this time; RFC 3339 with an offset.'),
  created_before: instant.optional().describe('Only those proposed before this time; RFC 3339 with an offset.'),
  q: plainText(200)
    .min(1)
    .optional()
    .describe(
      'Only those with a word that begins with each of these: in the preview, the params, the description, the type or the proposer’s name. Only for what waits: needs `status=pending_approval`.',
    ),
};
export const countActionsQuery = z.strictObject(actionFilters);

export const listActionsQuery = z.strictObject({
  ...actionFilters,
  limit: pageLimit,
  skip: pageSkip,
  cursor: pageCursor,
  sort_by: z.enum(ACTION_SORTS).default('created_at').describe('The sort key. Ties are sorted by id.'),
  sort_dir: z
    .enum(['asc', 'desc'])
    .default('desc')
    .describe('The sort direction; `desc` starts with the newest or the largest.'),
});
export type ListActionsQuery = z.output<typeof listActionsQuery>;
export const listContactActionsQuery = listActionsQuery.omit({ contact_id: true });

export const approval = z.object({
  decision: decision.describe('The decision.'),
  by: actor.describe('Who decided.'),
  comment: z.string().nullable().describe('The reason; null = none given.'),
  at: utcTimestamp.describe('When.'),
  edits: jsonObject.nullable().describe('The params that the decision changed; null = none.'),
  via: z.string().describe('The operation that decided it.'),
  card_digest: z
    .string()
    .nullable()
    .describe('The digest of the preview that was shown to whoever decided; null = the decision did not say.'),
});
export type Approval = z.output<typeof approval>;

export const actionError = z.object({
  code: failure.describe('Why it failed.'),
  message: z.string().describe('The same for people, often in the provider’s words.'),
  retryable: z.boolean().describe('Whether it is safe to propose the same again.'),
});
export type ActionError = z.output<typeof actionError>;

export const logEntry = z.object({
  at: utcTimestamp.describe('When.'),
  event: eventName.describe('What happened.'),
  actor: actor.describe('Who did it.'),
  data: jsonObject.describe('Details of the event, such as a comment or an error.'),
});
export type LogEntry = z.output<typeof logEntry>;

/** An action as /v1 presents it. Times are RFC 3339 in UTC; ids are TypeIDs, except mission_id. */
export const action = z
  .object({
    action_id: prefixedId('action').describe('The id of the action.'),
    type: z.string().describe('A built-in type, or the name of one of the workspace’s tools.'),
    status: actionStatus.describe('Its status.'),
    status_reason: statusReason.nullable().describe('The reason for the status; null = none.'),
    params: jsonObject.describe(
      'The input: as proposed, with the fields that were looked up and the changes of the decision.',
    ),
    original_params: jsonObject
      .nullable()
      .describe('The input as first proposed, if it differs from `params`; else null.'),
    params_hash: z
      .string()
      .describe('What an approval is bound to: a hash of the params, the identity and the version of the type.'),
    version: z.int().describe('Increases with each change of the action. It is the ETag.'),
    identity_id: prefixedId('identity').nullable().describe('The account to act as.'),
    description: z.string().nullable().describe('The reason, in the proposer’s words; null = none given.'),
    preview: preview.nullable().describe('The preview for the person who decides; null = none was rendered.'),
    card_digest: z
      .string()
      .nullable()
      .describe('SHA-256, hex, of the preview as canonical JSON (RFC 8785); null without a preview.'),
    direct: z.boolean().describe('Runs at once and ahead of the queue.'),
    require_approval: z.boolean().describe('Whether the proposal asked to wait for a person.'),
    scheduled_time: utcTimestamp.nullable().describe('The requested time; null = as soon as possible.'),
    due_at: utcTimestamp.describe(
      'The earliest next start: later than `scheduled_time` after a failed attempt, or when its identity is rate limited.',
    ),
    expires_at: utcTimestamp.nullable().describe('It cannot start after this time; null = it does not expire.'),
    list_id: z.string().nullable().describe('Your reference.'),
    item_id: z.string().nullable().describe('Your reference.'),
    contact_id: prefixedId('contact').nullable().describe('The contact in its params; null = none.'),
    company_id: prefixedId('company').nullable().describe('The company in its params; null = none.'),
    agent_id: prefixedId('agent').nullable().describe('The agent that proposed it; null = none.'),
    run_id: prefixedId('run').nullable().describe('The run that it belongs to; null = none.'),
    action_index: z
      .int()
      .nullable()
      .describe('Its index among the run’s actions on the same contact, from 0; null = it has no run or no contact.'),
    mission_id: bareUuid.nullable().describe('Your mission UUID.'),
    session_id: z.string().nullable().describe('Your reference to its conversation.'),
    batch_id: z.string().nullable().describe('The batch: mission and type together; null without a mission.'),
    again_of: prefixedId('action').nullable().describe('The earlier action that it proposes again; null = none.'),
    metadata: z.record(z.string(), z.string()).describe('Your key-value pairs.'),
    approval: approval.nullable().describe('The decision that applies; null = none.'),
    attempts: z.int().describe('How many attempts have started.'),
    result: jsonObject.nullable().describe('The result; null until it has completed.'),
    error: actionError.nullable().describe('The error; null = it has not failed.'),
    created_by: actor.describe('Who proposed it.'),
    assignee: actor.nullable().describe('The member who should decide; null = anybody who may.'),
    created_at: utcTimestamp.describe('When it was proposed.'),
    updated_at: utcTimestamp.describe('When it last changed.'),
    started_at: utcTimestamp.nullable().describe('When the latest attempt started; null = none has.'),
    effect_started_at: utcTimestamp
      .nullable()
      .describe('When the effect may have started: it cannot be recalled any longer; null = it has not.'),
    completed_at: utcTimestamp.nullable().describe('When it ended, in any status; null = it has not.'),
    redacted_at: utcTimestamp
      .nullable()
      .describe('When its content was removed; `params_hash` is still that of the content. Null = it has its content.'),
  })
  .meta({ id: 'Action', description: 'An action: the proposal, its status and its result.' });
export type Action = z.output<typeof action>;

export const actionReply = z.object({
  status: ok,
  action_id: prefixedId('action').describe('The id of the action.'),
  action: action.describe('The action as it is now.'),
});
export const getActionQuery = z.strictObject({
  logs_cursor: pageCursor.meta({ description: 'The `logs_next_cursor` of the reply before: the log continues there.' }),
});
export const actionWithLogsReply = z.object({
  status: ok,
  action: action
    .extend({
      logs: z.array(logEntry).meta({ description: 'The oldest entries first.' }),
      logs_next_cursor: z.string().optional().meta({
        description: 'Present when the log is too large for one reply: pass it as `logs_cursor` to continue.',
      }),
    })
    .meta({ id: 'ActionWithLogs', description: 'An action, and everything that has happened to it.' })
    .describe('The action as it is now, with its log.'),
});
export type ActionWithLogs = z.output<typeof actionWithLogsReply>['action'];
export const pagination = z
  .object({
    total_items: z.int().describe('How many match, counted up to 10 000.'),
    total_is_estimate: z.literal(true).optional().describe('Present when more than `total_items` match.'),
    limit: z.int().describe('The maximum size of a page.'),
    skip: z.int().describe('How many were skipped before it.'),
    truncated: z.literal(true).optional().meta({
      description:
        'The rows are so large that the page ends before `limit`. Continue with `next_cursor`, or add the number of rows to `skip`.',
    }),
    next_cursor: z.string().nullable().meta({ description: 'The cursor of the next page; null on the last page.' }),
  })
  .meta({ id: 'Pagination', description: 'The position of a page in its list.' });
export const listActionsReply = z.object({
  status: ok,
  actions: z.array(action).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});
const count = z.int().describe('How many.');
export const countActionsReply = z.object({
  status: ok,
  total: z.int().describe('How many match, counted up to 10 000, the oldest first.'),
  total_is_estimate: z.literal(true).optional().describe('Present when more than `total` match.'),
  types: z
    .array(z.object({ type: z.string().describe('The type.'), count }))
    .describe('Of those counted, how many have each type; the largest first.'),
  agents: z
    .array(z.object({ agent_id: prefixedId('agent').nullable().describe('The agent; null = not an agent’s.'), count }))
    .describe('Of those counted, how many each agent proposed; the largest first.'),
});
export type CountActionsReply = z.output<typeof countActionsReply>;
export type ListActionsReply = z.output<typeof listActionsReply>;
