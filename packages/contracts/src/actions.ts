import { z } from 'zod';
import { actor } from './access.ts';
import { errorDetail } from './errors.ts';
import { comment, id, params, paramsHash, reference, wholeNumber } from './fields.ts';
import { jsonObject, jsonValue, plainText } from './json.ts';
import { EVENTS, FAILURES, STATUSES, STATUS_REASONS } from './lifecycle.ts';
import { preview } from './preview.ts';
import { instant } from './time.ts';
import { strictFields } from './optional.ts';

export const DESCRIPTION_CHARS_MAX = 2000;
export const BULK_ITEMS_MAX = 1000;

/** Up to 50 pairs, returned as they came. */
export const metadata = z
  .record(plainText(40).min(1), plainText(500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'has more than 50 pairs');

export const createActionBody = strictFields({
  type: plainText(64).min(1),
  params,
  identity_id: id,
  direct: z.boolean().optional(),
  scheduled_time: instant.optional(),
  expires_at: instant.optional(),
  description: plainText(DESCRIPTION_CHARS_MAX).optional(),
  require_approval: z.boolean().optional(),
  list_id: reference.optional(),
  item_id: reference.optional(),
  run_id: id.optional(),
  mission_id: z.guid().toLowerCase().optional(),
  session_id: reference.optional(),
  metadata: metadata.optional(),
}).meta({
  id: 'CreateAction',
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

/** Each item is a CreateAction and stands alone: what is wrong with one is said of that one. */
export const bulkCreateBody = z.strictObject({ actions: z.array(jsonValue).min(1).max(BULK_ITEMS_MAX) }).meta({
  id: 'BulkCreateActions',
  examples: [
    {
      actions: [
        {
          type: 'create_note',
          params: { contact_id: 'ct_01h455vb4pex5vsknk084sn02q', content: 'Asked for a quote.' },
          identity_id: 'id_01h455vb4pex5vsknk084sn02q',
        },
        { type: 'create_task', params: { title: 'Send the quote' }, identity_id: 'id_01h455vb4pex5vsknk084sn02q' },
      ],
    },
  ],
});
export type BulkCreateBody = z.output<typeof bulkCreateBody>;

export const updateActionBody = z
  .strictObject({
    params: params.optional(),
    scheduled_time: instant.nullable().optional(),
    identity_id: id.optional(),
    description: plainText(DESCRIPTION_CHARS_MAX).nullable().optional(),
    require_approval: z.boolean().optional(),
    params_hash: paramsHash.nullable().optional(),
  })
  .refine((body) => Object.keys(body).some((key) => key !== 'params_hash'), 'must change at least one field')
  .meta({
    id: 'UpdateAction',
    examples: [{ scheduled_time: '2030-01-02T09:00:00Z', description: 'After the holidays' }],
  });
export type UpdateActionBody = z.output<typeof updateActionBody>;

export const decideActionBody = strictFields({
  action: z.enum(['approve', 'reject', 'edit']),
  comment: comment.optional(),
  edits: params.optional(),
  params_hash: paramsHash.optional(),
})
  .refine((body) => (body.action === 'edit') === (body.edits !== undefined), {
    path: ['edits'],
    message: 'is required with action edit, and refused otherwise',
  })
  .meta({
    id: 'DecideAction',
    examples: [{ action: 'edit', edits: { subject: 'Our demo yesterday' }, comment: 'A clearer subject.' }],
  });
export type DecideActionBody = z.output<typeof decideActionBody>;

/** `action` may say it once more, as in an approval; nothing else can be meant here. */
export const rejectActionBody = strictFields({
  action: z.literal('reject').optional(),
  comment: comment.optional(),
}).meta({ id: 'RejectAction', examples: [{ comment: 'Not to this customer.' }] });
export const runActionBody = strictFields({ params_hash: paramsHash.optional() }).meta({
  id: 'ExecuteAction',
  examples: [{}],
});
export const noBody = z.strictObject({}).meta({ id: 'NoBody' });

export const bulkDecideBody = strictFields({
  action: z.enum(['approve', 'reject', 'edit']),
  action_ids: z
    .array(id)
    .min(1)
    .max(BULK_ITEMS_MAX)
    .refine((ids) => new Set(ids).size === ids.length, 'names an id twice'),
  comment: comment.optional(),
  edits: params.optional(),
  params_hashes: z.record(z.string(), paramsHash).optional(),
})
  .refine((body) => (body.action === 'edit') === (body.edits !== undefined), {
    path: ['edits'],
    message: 'is required with action edit, and refused otherwise',
  })
  .meta({
    id: 'BulkDecideActions',
    examples: [{ action: 'approve', action_ids: ['act_01h455vb4pex5vsknk084sn02q'], comment: 'All fine.' }],
  });
export type BulkDecideBody = z.output<typeof bulkDecideBody>;

/** A query value that names several of a closed or open set, separated by commas. */
const commaList = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .max(1024)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1));

export const pageLimit = wholeNumber(1, 100, 20);
export const pageSkip = wholeNumber(0, 1_000_000, 0);
export const pageCursor = z
  .string()
  .min(1)
  .max(1_024)
  .optional()
  .meta({ description: '`next_cursor` of the page before.' });

export const ACTION_SORTS = ['created_at', 'updated_at', 'scheduled_time', 'status', 'type'] as const;

export const listActionsQuery = z.strictObject({
  status: commaList(z.enum(STATUSES)).optional(),
  status_reason: z.enum(STATUS_REASONS).optional(),
  type: commaList(plainText(64).min(1)).optional(),
  list_id: reference.optional(),
  item_id: reference.optional(),
  identity_id: id.optional(),
  contact_id: id.optional(),
  company_id: id.optional(),
  agent_id: id.optional(),
  run_id: id.optional(),
  limit: pageLimit,
  skip: pageSkip,
  cursor: pageCursor,
  sort_by: z.enum(ACTION_SORTS).default('created_at'),
  sort_dir: z.enum(['asc', 'desc']).default('desc'),
});
export type ListActionsQuery = z.output<typeof listActionsQuery>;
export const listContactActionsQuery = listActionsQuery.omit({ contact_id: true });

export const approval = z.object({
  decision: z.enum(['approve', 'reject', 'edit']),
  by: actor,
  comment: z.string().nullable(),
  at: z.string(),
  edits: jsonObject.nullable(),
  via: z.string(),
});
export type Approval = z.output<typeof approval>;

export const actionError = z.object({ code: z.enum(FAILURES), message: z.string(), retryable: z.boolean() });
export type ActionError = z.output<typeof actionError>;

export const logEntry = z.object({ at: z.string(), event: z.enum(EVENTS), actor, data: jsonObject });
export type LogEntry = z.output<typeof logEntry>;

/** An action as /v1 shows it. Times are RFC 3339 in UTC; ids are TypeIDs but for mission_id. */
export const action = z
  .object({
    action_id: z.string(),
    type: z.string(),
    status: z.enum(STATUSES),
    status_reason: z.enum(STATUS_REASONS).nullable(),
    params: jsonObject,
    original_params: jsonObject.nullable(),
    params_hash: z.string(),
    version: z.int(),
    identity_id: z.string().nullable(),
    description: z.string().nullable(),
    preview: preview.nullable(),
    direct: z.boolean(),
    require_approval: z.boolean(),
    scheduled_time: z.string().nullable(),
    due_at: z.string(),
    expires_at: z.string().nullable(),
    list_id: z.string().nullable(),
    item_id: z.string().nullable(),
    contact_id: z.string().nullable(),
    company_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    run_id: z.string().nullable(),
    action_index: z.int().nullable(),
    mission_id: z.string().nullable(),
    session_id: z.string().nullable(),
    batch_id: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    approval: approval.nullable(),
    attempts: z.int(),
    result: jsonObject.nullable(),
    error: actionError.nullable(),
    created_by: actor,
    created_at: z.string(),
    updated_at: z.string(),
    started_at: z.string().nullable(),
    completed_at: z.string().nullable(),
  })
  .meta({ id: 'Action' });
export type Action = z.output<typeof action>;

export const actionReply = z.object({ status: z.literal('success'), action_id: z.string(), action });
export const getActionQuery = z.strictObject({
  logs_cursor: pageCursor.meta({ description: '`logs_next_cursor` of the reply before: its log goes on there.' }),
});
export const actionWithLogsReply = z.object({
  status: z.literal('success'),
  action: action
    .extend({
      logs: z.array(logEntry).meta({ description: 'The oldest entries first.' }),
      logs_next_cursor: z.string().optional().meta({
        description: 'Present when the log is too large for one reply: it goes on at `logs_cursor`.',
      }),
    })
    .meta({ id: 'ActionWithLogs' }),
});
export type ActionWithLogs = z.output<typeof actionWithLogsReply>['action'];
export const pagination = z
  .object({
    total_items: z.int(),
    total_is_estimate: z.literal(true).optional(),
    limit: z.int(),
    skip: z.int(),
    truncated: z.literal(true).optional().meta({
      description:
        'The rows are so large that the page ends before `limit`. Go on with `next_cursor`, or add the number of rows to `skip`.',
    }),
    next_cursor: z.string().nullable().meta({ description: 'Where the next page begins; null on the last page.' }),
  })
  .meta({ id: 'Pagination' });
export const listActionsReply = z.object({ status: z.literal('success'), actions: z.array(action), pagination });
export type ListActionsReply = z.output<typeof listActionsReply>;

const code = z.string();
export const bulkDecideReply = z.object({
  status: z.literal('success'),
  processed: z.int(),
  failed: z.array(z.object({ action_id: z.string(), code, error: z.string() })),
  results: z.array(
    z.union([
      z.object({ action_id: z.string(), ok: z.literal(true), status: z.enum(STATUSES) }),
      z.object({ action_id: z.string(), ok: z.literal(false), code }),
    ]),
  ),
});
export type BulkDecideReply = z.output<typeof bulkDecideReply>;

const index = z.int();
export const bulkCreateReply = z.object({
  status: z.literal('success'),
  created: z.int(),
  failed: z.array(z.object({ index, code, error: z.string(), details: z.array(errorDetail) })),
  results: z.array(
    z.union([
      z.object({ index, action_id: z.string(), status: z.enum(STATUSES) }),
      z.object({ index, code, error: z.string() }),
    ]),
  ),
});
export type BulkCreateReply = z.output<typeof bulkCreateReply>;

export const processActionsQuery = z.strictObject({ limit: pageLimit });
export type ProcessActionsQuery = z.output<typeof processActionsQuery>;

export const processActionsReply = z.object({
  status: z.literal('success'),
  processed: z.int(),
  results: z.array(z.object({ action_id: z.string(), status: z.enum(STATUSES) })),
});
