import { z } from 'zod';
import { decision, pageLimit } from './actions.ts';
import { errorDetail } from './errors.ts';
import { cardDigest, comment, holdSeconds, ok, params, paramsHash } from './fields.ts';
import { idOrUuid, prefixedId } from './ids.ts';
import { jsonValue } from './json.ts';
import { actionStatus } from './lifecycle.ts';
import { strictFields } from './optional.ts';

export const BULK_ITEMS_MAX = 1000;

/** Each item is a CreateAction, validated independently of the others. */
export const bulkCreateBody = z
  .strictObject({
    actions: z
      .array(jsonValue)
      .min(1)
      .max(BULK_ITEMS_MAX)
      .describe('Each is validated like the body of a single proposal, independently of the others.'),
  })
  .meta({
    id: 'BulkCreateActions',
    description: 'Actions to propose.',
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

export const bulkDecideBody = strictFields({
  action: decision.describe('The decision for each. `edit` approves each with `edits`.'),
  action_ids: z
    .array(idOrUuid('action'))
    .min(1)
    .max(BULK_ITEMS_MAX)
    .refine((ids) => new Set(ids).size === ids.length, 'lists an id twice')
    .describe('The actions, each once. With `edit`, all of the same type.'),
  comment: comment.optional().describe('The reason, for the proposers.'),
  edits: params.optional().describe('With `edit` only: params that replace those of the same name in each.'),
  params_hashes: z.record(z.string(), paramsHash).optional().describe('The hash that you read, by action id.'),
  card_digests: z
    .record(z.string(), cardDigest)
    .optional()
    .describe('The digest of the preview that you showed, by action id: each decision counts only for it.'),
  hold_seconds: holdSeconds.optional(),
})
  .refine((body) => body.action !== 'reject' || body.hold_seconds === undefined, {
    path: ['hold_seconds'],
    message: 'is not allowed with action reject',
  })
  .refine((body) => (body.action === 'edit') === (body.edits !== undefined), {
    path: ['edits'],
    message: 'is required with action edit, and not allowed otherwise',
  })
  .meta({
    id: 'BulkDecideActions',
    description: 'A decision on many actions.',
    examples: [{ action: 'approve', action_ids: ['act_01h455vb4pex5vsknk084sn02q'], comment: 'All fine.' }],
  });
export type BulkDecideBody = z.output<typeof bulkDecideBody>;

const code = z.string().describe('The error code, for programs.');
export const bulkDecideReply = z.object({
  status: ok,
  processed: z.int().describe('How many actions this call decided.'),
  failed: z
    .array(
      z.object({
        action_id: z.string().describe('The id as you sent it.'),
        code,
        error: z.string().describe('What is wrong, and what to do, for people.'),
      }),
    )
    .describe('The actions that were not decided, and why.'),
  results: z
    .array(
      z.union([
        z.object({
          action_id: prefixedId('action').describe('The id of the action.'),
          ok: z.literal(true).describe('It was decided.'),
          status: actionStatus.describe('Its current status.'),
        }),
        z.object({
          action_id: z.string().describe('The id as you sent it.'),
          ok: z.literal(false).describe('It was not decided.'),
          code,
        }),
      ]),
    )
    .describe('One per id, in the same order.'),
});
export type BulkDecideReply = z.output<typeof bulkDecideReply>;

const index = z.int().describe('Its index among the items, from 0.');
export const bulkCreateReply = z.object({
  status: ok,
  created: z.int().describe('How many were proposed.'),
  failed: z
    .array(
      z.object({
        index,
        code,
        error: z.string().describe('What is wrong, and what to do, for people.'),
        details: z.array(errorDetail).describe('Each error and its location.'),
      }),
    )
    .describe('The proposals that were refused, and why.'),
  results: z
    .array(
      z.union([
        z.object({
          index,
          action_id: prefixedId('action').describe('The id of the action.'),
          status: actionStatus.describe('Its current status.'),
        }),
        z.object({ index, code, error: z.string().describe('What is wrong, and what to do, for people.') }),
      ]),
    )
    .describe('One per item, in the same order.'),
});
export type BulkCreateReply = z.output<typeof bulkCreateReply>;

export const processActionsQuery = z.strictObject({ limit: pageLimit });

export const processActionsReply = z.object({
  status: ok,
  processed: z.int().describe('How many were run.'),
  results: z
    .array(
      z.object({
        action_id: prefixedId('action').describe('The id of the action.'),
        status: actionStatus.describe('Its current status.'),
      }),
    )
    .describe('The status of each.'),
});
