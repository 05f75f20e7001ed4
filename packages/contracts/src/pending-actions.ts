// The second wire dialect, served under /api/pending-actions: the same actions in camelCase. JSON inside toolInput, preview,
// userEdits and result is never re-cased.
import { z } from 'zod';
import { actor } from './access.ts';
import { BULK_ITEMS_MAX, logEntry, metadata } from './actions.ts';
import { briefingTruncated } from './events.ts';
import { errorDetail, type ErrorCode } from './errors.ts';
import { comment, id, params, paramsHash, reference, wholeNumber } from './fields.ts';
import { jsonObject, plainText } from './json.ts';
import type { Status } from './lifecycle.ts';
import { preview } from './preview.ts';
import { eitherSpelling } from './spelling.ts';
import { instant } from './time.ts';

export const PENDING_STATUSES = ['pending', 'approved', 'rejected', 'executed', 'failed'] as const;
export type PendingStatus = (typeof PENDING_STATUSES)[number];

/** How this dialect shows each status. */
export const SHOWN_STATUS: Record<Status, PendingStatus> = {
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

/** Rows on a page unless `limit` says otherwise. */
const PENDING_PAGE = 50;

const uuid = z.guid().toLowerCase();

export const listPendingActionsQuery = eitherSpelling(
  z.strictObject({
    workspace_id: uuid,
    status: z.enum(PENDING_STATUSES).optional(),
    batch_id: plainText(255).min(1).optional(),
    mission_id: uuid.optional(),
    session_id: reference.optional(),
    limit: wholeNumber(1, BULK_ITEMS_MAX, PENDING_PAGE),
    cursor: z.string().min(1).max(64).optional().meta({ description: '`nextCursor` of the page before.' }),
  }),
);
export type ListPendingActionsQuery = z.output<typeof listPendingActionsQuery>;

export const approvePendingActionBody = eitherSpelling(
  z.strictObject({ userEdits: params.optional(), paramsHash: paramsHash.optional(), comment: comment.optional() }),
).meta({ id: 'ApprovePendingAction', examples: [{ userEdits: { subject: 'Our demo yesterday' } }] });
export type ApprovePendingActionBody = z.output<typeof approvePendingActionBody>;

/** `preview` goes with a workspace's tool only; a built-in type is previewed by the service. */
export const createPendingActionBody = eitherSpelling(
  z.strictObject({
    workspaceId: uuid,
    toolName: plainText(64).min(1),
    toolInput: params,
    missionId: uuid.optional(),
    sessionId: reference.optional(),
    preview: params.optional(),
    identityId: id.optional(),
    scheduledTime: instant.optional(),
    expiresAt: instant.optional(),
    runId: id.optional(),
    metadata: metadata.optional(),
  }),
).meta({
  id: 'CreatePendingAction',
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
      pendingActionId: id,
      userEdits: params.optional(),
      exclude: z.boolean().default(false),
      paramsHash: paramsHash.optional(),
    })
    .refine(({ exclude, userEdits }) => !exclude || !userEdits, {
      path: ['userEdits'],
      message: 'cannot stand beside exclude',
    }),
);

/** The same body with its items as they came, to be read one by one with `batchItem`. */
export const batchApproveList = z.strictObject({ items: z.array(z.unknown()).max(BULK_ITEMS_MAX) });

export const batchApproveBody = eitherSpelling(z.strictObject({ items: z.array(batchItem).max(BULK_ITEMS_MAX) })).meta({
  id: 'BatchApprovePendingActions',
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

export const streamPendingActionsQuery = eitherSpelling(z.strictObject({ workspace_id: uuid }));

/** An action as this dialect shows it. Ids are UUIDs; times are RFC 3339 in UTC. */
export const pendingAction = z
  .object({
    id: z.string(),
    workspaceId: z.string(),
    missionId: z.string().nullable(),
    sessionId: z.string().nullable(),
    batchId: z.string().nullable(),
    toolName: z.string(),
    toolInput: jsonObject,
    preview: z.union([preview, jsonObject]).nullable(),
    status: z.enum(PENDING_STATUSES),
    userEdits: jsonObject.nullable(),
    result: jsonObject.nullable(),
    error: z.string().nullable(),
    createdAt: z.string(),
    resolvedAt: z.string().nullable(),
    executedAt: z.string().nullable(),
    identityId: z.string().nullable(),
    scheduledTime: z.string().nullable(),
    expiresAt: z.string().nullable(),
    paramsHash: z.string(),
    previewSource: z.enum(['agent', 'server']),
    comment: z.string().nullable(),
    resolvedBy: actor.nullable(),
  })
  .meta({ id: 'PendingAction' });
export type PendingAction = z.output<typeof pendingAction>;

/** `total` = all that match. `nextCursor` is null on the last page. */
export const listPendingActionsReply = z.object({
  items: z.array(pendingAction),
  total: z.int(),
  nextCursor: z.string().nullable(),
});
export type ListPendingActionsReply = z.output<typeof listPendingActionsReply>;

/** The first message of the stream: what waits for a decision. */
export const pendingBriefing = z
  .object({
    total: z.int(),
    byTool: z.record(z.string(), z.int()),
    byMission: z.record(z.string(), z.int()),
    truncated: briefingTruncated,
    oldestCreatedAt: z.string().nullable(),
  })
  .meta({ id: 'PendingBriefing' });
export type PendingBriefing = z.output<typeof pendingBriefing>;

/** A move of an action, and the action as it was when the move was read: as after it, or later. `data` is the log's, as it is. */
export const pendingActionEvent = z
  .object({
    event: logEntry.extend({ actionId: z.string(), version: z.int(), status: z.enum(PENDING_STATUSES) }),
    action: pendingAction,
  })
  .meta({ id: 'PendingActionEvent' });
export type PendingActionEvent = z.output<typeof pendingActionEvent>;

/** `data` of the messages of the stream; of `resync` it is empty. */
export const pendingEventMessage = z.union([pendingBriefing, pendingActionEvent, z.object({})]);

export const batchApproveReply = z.object({
  batchId: z.string(),
  approved: z.int(),
  rejected: z.int(),
  skipped: z.int(),
});
export type BatchApproveReply = z.output<typeof batchApproveReply>;

/** How this dialect says each code, and with which HTTP status. */
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
export type PendingErrorCode = (typeof PENDING_ERRORS)[ErrorCode][1];

/** The body of every error of this dialect. */
export const pendingErrorBody = z
  .object({
    error: z.object({
      code: z.enum([...new Set(Object.values(PENDING_ERRORS).map(([, code]) => code))] as [PendingErrorCode]),
      message: z.string(),
      details: z.array(errorDetail).optional(),
    }),
  })
  .meta({ id: 'PendingActionsError' });
export type PendingErrorBody = z.output<typeof pendingErrorBody>;
