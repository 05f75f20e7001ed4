// The second dialect of the API, under /api/pending-actions: the same actions in camelCase. The keys in toolInput,
// preview, userEdits and result are never converted.
import { z } from 'zod';
import { idOrUuid, bareUuid } from './ids.ts';
import { actor } from './access.ts';
import { logEntry, metadata } from './actions.ts';
import { BULK_ITEMS_MAX } from './bulk-actions.ts';
import { briefingTruncated } from './events.ts';
import { errorDetail, type ErrorCode } from './errors.ts';
import { comment, params, paramsHash, reference, wholeNumber } from './fields.ts';
import { jsonObject, plainText } from './json.ts';
import type { Status } from './lifecycle.ts';
import { preview } from './preview.ts';
import { eitherSpelling } from './spelling.ts';
import { instant, utcTimestamp } from './time.ts';

export const PENDING_STATUSES = ['pending', 'approved', 'rejected', 'executed', 'failed'] as const;
export type PendingStatus = (typeof PENDING_STATUSES)[number];
const pendingStatus = z
  .enum(PENDING_STATUSES)
  .meta({ id: 'PendingActionStatus', description: 'The status of a pending action. `approved` may be running.' });

/** The status in this dialect for each status. */
export const PENDING_STATUS_OF: Record<Status, PendingStatus> = {
  pending_approval: 'pending',
  scheduled: 'approved',
  approved: 'approved',
  auto_approved: 'approved',
  running: 'approved',
  completed: 'executed',
  failed: 'failed',
  rejected: 'rejected',
  cancelled: 'rejected',
};

/** Rows per page by default. */
const PENDING_PAGE = 50;

const uuid = z.guid().toLowerCase();

export const listPendingActionsQuery = eitherSpelling(
  z.strictObject({
    workspace_id: uuid.describe('The workspace to list.'),
    status: pendingStatus.optional().describe('Only this status.'),
    batch_id: plainText(255)
      .min(1)
      .optional()
      .describe('Only this batch: mission and type, as `{missionId}:{toolName}`.'),
    mission_id: uuid.optional().describe('Only this mission.'),
    session_id: reference.optional().describe('Only this conversation.'),
    limit: wholeNumber(1, BULK_ITEMS_MAX, PENDING_PAGE).describe(`The size of a page; ${PENDING_PAGE} by default.`),
    cursor: z.string().min(1).max(64).optional().describe('The `nextCursor` of the page before.'),
  }),
);

export const approvePendingActionBody = eitherSpelling(
  z.strictObject({
    userEdits: params.optional().describe('Input that replaces fields of the same name. The others stay as they are.'),
    paramsHash: paramsHash.optional().describe('The hash that you read: the approval counts only for it.'),
    comment: comment.optional().describe('The reason, for the proposer.'),
  }),
).meta({
  id: 'ApprovePendingAction',
  description: 'An approval. Fields may be written in camelCase or in snake_case.',
  examples: [{ userEdits: { subject: 'Our demo yesterday' } }],
});
export type ApprovePendingActionBody = z.output<typeof approvePendingActionBody>;

/** Only a workspace's tool takes a `preview`; the service renders those of built-in types. */
export const createPendingActionBody = eitherSpelling(
  z.strictObject({
    workspaceId: uuid.describe('The workspace to propose in.'),
    toolName: plainText(64).min(1).describe('A built-in type, or the name of one of the workspace’s tools.'),
    toolInput: params.describe('The input, as the schema of the type describes; at most 256 KiB.'),
    missionId: uuid
      .optional()
      .describe('Your own UUID, to group related actions. Mission and type together form a batch.'),
    sessionId: reference.optional().describe('Your own reference to the conversation that it came from.'),
    preview: params
      .optional()
      .describe(
        'Only for a workspace’s tool: what people see, marked as the agent’s words. The service renders the preview of a built-in type.',
      ),
    identityId: idOrUuid('identity')
      .optional()
      .describe('The account to act as. By default the agent’s, or the only active one of the workspace that matches.'),
    scheduledTime: instant.optional().describe('When it is due: RFC 3339 with an offset.'),
    expiresAt: instant.optional().describe('It cannot start after this time; RFC 3339 with an offset.'),
    runId: idOrUuid('run').optional().describe('The run of an agent that proposes it.'),
    metadata: metadata.optional().describe('Up to 50 key-value pairs, returned unchanged.'),
  }),
).meta({
  id: 'CreatePendingAction',
  description: 'A call to record. Fields may be written in camelCase or in snake_case.',
  examples: [
    {
      workspaceId: '550e8400-e29b-41d4-a716-446655440000',
      missionId: 'a1b2c3d4-e5f6-7890-abcd-ef0123456789',
      toolName: 'create_note',
      toolInput: { contact_id: 'ct_01h455vb4pex5vsknk084sn02q', content: 'Asked for a quote.' },
      identityId: 'id_01h455vb4pex5vsknk084sn02q',
    },
  ],
});
export type CreatePendingActionBody = z.output<typeof createPendingActionBody>;

/** `exclude` rejects the row instead. */
export const batchItem = eitherSpelling(
  z
    .strictObject({
      pendingActionId: idOrUuid('action').describe('An action of the batch.'),
      userEdits: params.optional().describe('Input that replaces fields of the same name.'),
      exclude: z.boolean().default(false).describe('True rejects it. Cannot be combined with edits.'),
      paramsHash: paramsHash.optional().describe('The hash that you read: the approval counts only for it.'),
    })
    .refine(({ exclude, userEdits }) => !exclude || !userEdits, {
      path: ['userEdits'],
      message: 'cannot be combined with exclude: leave out one of the two',
    }),
);

/** The same body with unparsed items, to be parsed one by one with `batchItem`. */
export const batchApproveList = z.strictObject({ items: z.array(z.unknown()).max(BULK_ITEMS_MAX) });

export const batchApproveBody = eitherSpelling(
  z.strictObject({
    items: z
      .array(batchItem)
      .max(BULK_ITEMS_MAX)
      .describe('The decisions; other actions of the batch stay as they are.'),
  }),
).meta({
  id: 'BatchApprovePendingActions',
  description: 'The decisions on a batch. Fields may be written in camelCase or in snake_case.',
  examples: [
    {
      items: [
        { pendingActionId: 'fb93a0ea-2d1c-4f3d-8b3a-7e31d5f4bc11', userEdits: { subject: 'Our demo yesterday' } },
        { pendingActionId: '0c5a9c9e-5f0f-4a5e-9d1e-6c8f3d2b1a00', exclude: true },
      ],
    },
  ],
});
export type BatchApproveBody = z.output<typeof batchApproveBody>;

export const streamPendingActionsQuery = eitherSpelling(
  z.strictObject({ workspace_id: uuid.describe('The workspace to stream.') }),
);

/** An action as this dialect presents it. Ids are UUIDs; times are RFC 3339 in UTC. */
export const pendingAction = z
  .object({
    id: bareUuid.describe('The id of the action.'),
    workspaceId: bareUuid.describe('Its workspace.'),
    missionId: bareUuid.nullable().describe('Your mission UUID.'),
    sessionId: z.string().nullable().describe('Your reference to its conversation.'),
    batchId: z.string().nullable().describe('`{missionId}:{toolName}`; null without a mission.'),
    toolName: z.string().describe('A built-in type, or the name of one of the workspace’s tools.'),
    toolInput: jsonObject.describe('The proposal, with the fields that were looked up.'),
    preview: z
      .union([preview, jsonObject])
      .nullable()
      .describe('The preview for the person who decides; null = none was rendered.'),
    status: pendingStatus.describe('Its status.'),
    userEdits: jsonObject.nullable().describe('The fields that the decision changed; null = none.'),
    result: jsonObject.nullable().describe('The result; null until it was executed.'),
    error: z.string().nullable().describe('Why it failed or was cancelled, starting with a code; else null.'),
    createdAt: utcTimestamp.describe('When it was proposed.'),
    resolvedAt: utcTimestamp.nullable().describe('When it was decided or ended; null = it is waiting.'),
    executedAt: utcTimestamp.nullable().describe('When it was executed; null = it was not.'),
    identityId: bareUuid.nullable().describe('The account to act as.'),
    scheduledTime: utcTimestamp.nullable().describe('The requested time; null = as soon as possible.'),
    expiresAt: utcTimestamp.nullable().describe('It cannot start after this time; null = it does not expire.'),
    paramsHash: z.string().describe('What an approval is bound to.'),
    previewSource: z.enum(['agent', 'server']).describe('Who rendered the preview.'),
    comment: z.string().nullable().describe('The reason for the decision; null = none given.'),
    resolvedBy: actor.nullable().describe('Who decided; null = not decided.'),
    redactedAt: utcTimestamp
      .nullable()
      .describe('When its content was removed; `paramsHash` is still that of the content. Null = it has its content.'),
  })
  .meta({ id: 'PendingAction', description: 'An action that waits for a person, or once did.' });
export type PendingAction = z.output<typeof pendingAction>;

/** `total` counts matches up to 10 000. `nextCursor` is null on the last page. */
export const listPendingActionsReply = z.object({
  items: z.array(pendingAction).describe('The page, newest first.'),
  total: z.int().describe('How many match over all pages, counted up to 10 000.'),
  totalIsEstimate: z.literal(true).optional().describe('Present when more than `total` match.'),
  nextCursor: z.string().nullable().describe('The cursor of the next page; null on the last page.'),
});
export type ListPendingActionsReply = z.output<typeof listPendingActionsReply>;

/** The first message of the stream: what waits for a decision. */
export const pendingBriefing = z
  .object({
    total: z.int().describe('How many wait for a decision.'),
    byTool: z.record(z.string(), z.int()).describe('How many of each type.'),
    byMission: z.record(z.string(), z.int()).describe('How many of each mission.'),
    truncated: briefingTruncated,
    oldestCreatedAt: utcTimestamp.nullable().describe('Since when the oldest has been waiting; null = none waits.'),
  })
  .meta({ id: 'PendingBriefing', description: 'What waits for a decision.' });
export type PendingBriefing = z.output<typeof pendingBriefing>;

/**
 * A move of an action, and the action when the move was read: in that version or a later one. `data` is the log's,
 * unchanged.
 */
export const pendingActionEvent = z
  .object({
    event: logEntry
      .extend({
        actionId: bareUuid.describe('The action that it happened to.'),
        version: z.int().describe('The version of the action after it.'),
        status: pendingStatus.describe('The status of the action after it.'),
      })
      .describe('What happened.'),
    action: pendingAction.describe('The action when the event was read: at that version or a later one.'),
  })
  .meta({ id: 'PendingActionEvent', description: 'Something that happened to a pending action.' });
export type PendingActionEvent = z.output<typeof pendingActionEvent>;

/** `data` of the stream's messages; that of `resync` is empty. */
export const pendingEventMessage = z.union([pendingBriefing, pendingActionEvent, z.object({})]);

export const batchApproveReply = z.object({
  batchId: z.string().describe('The batch.'),
  approved: z.int().describe('How many this call approved.'),
  rejected: z.int().describe('How many this call rejected.'),
  skipped: z.int().describe('How many were already decided.'),
});
export type BatchApproveReply = z.output<typeof batchApproveReply>;

/** The name of each code in this dialect, and its HTTP status. */
export const PENDING_ERRORS = {
  INVALID: [422, 'validation'],
  UNAUTHENTICATED: [401, 'UNAUTHORIZED'],
  FORBIDDEN: [403, 'FORBIDDEN'],
  NOT_FOUND: [404, 'NOT_FOUND'],
  METHOD_NOT_ALLOWED: [405, 'METHOD_NOT_ALLOWED'],
  INVALID_STATE: [409, 'INVALID_STATE'],
  CONFLICT: [409, 'CONFLICT'],
  PRECONDITION_FAILED: [409, 'CONFLICT'],
  PAYLOAD_TOO_LARGE: [413, 'PAYLOAD_TOO_LARGE'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE'],
  IDEMPOTENCY_MISMATCH: [422, 'IDEMPOTENCY_MISMATCH'],
  RATE_LIMITED: [429, 'RATE_LIMITED'],
  INTERNAL: [500, 'INTERNAL'],
  INVARIANT_VIOLATION: [500, 'INVARIANT_VIOLATION'],
  UNAVAILABLE: [503, 'UNAVAILABLE'],
} as const satisfies Record<ErrorCode, readonly [number, string]>;
type PendingErrorCode = (typeof PENDING_ERRORS)[ErrorCode][1];
const pendingErrorCode = z
  .enum([...new Set(Object.values(PENDING_ERRORS).map(([, code]) => code))] as [PendingErrorCode])
  .meta({ id: 'PendingActionsErrorCode', description: 'The error codes, for programs.' });

/** The body of every error in this dialect. */
export const pendingErrorBody = z
  .object({
    error: z
      .object({
        code: pendingErrorCode.describe('Why the request failed, for programs.'),
        message: z.string().describe('The same for people, with what to do next.'),
        details: z.array(errorDetail).optional().describe('Each error and its location.'),
      })
      .describe('What is wrong.'),
  })
  .meta({ id: 'PendingActionsError', description: 'Why a request failed.' });
export type PendingErrorBody = z.output<typeof pendingErrorBody>;
