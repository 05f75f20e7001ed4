// How several people review together: who reads what, who should decide, what is put off, and comments.
import { z } from 'zod';
import { member } from './api-keys.ts';
import { comment, ok } from './fields.ts';
import { idOrUuid, prefixedId } from './ids.ts';
import { paginationReply } from './records.ts';
import { instant, utcTimestamp } from './time.ts';

export const reader = z
  .object({
    user_id: prefixedId('user').describe('Their id.'),
    name: z.string().describe('Their name.'),
    seen_at: utcTimestamp.describe('When their page last reported it.'),
  })
  .meta({ id: 'Reader', description: 'Another member who is reading the action.' });
export type Reader = z.output<typeof reader>;
export const readersReply = z.object({
  status: ok,
  readers: z.array(reader).describe('The other readers, by name; at most 20.'),
});

export const assignActionBody = z
  .strictObject({
    user_id: idOrUuid('user').nullable().describe('The member who should decide; null = anybody who may.'),
  })
  .meta({
    id: 'AssignAction',
    description: 'Who should decide on an action.',
    examples: [{ user_id: 'usr_01h455vb4pex5vsknk084sn02q' }],
  });

export const commentOnActionBody = z
  .strictObject({ comment: comment.min(1).describe('The text, at most 5000 characters.') })
  .meta({
    id: 'CommentOnAction',
    description: 'A comment on an action.',
    examples: [{ comment: 'Ada asked for this on the phone.' }],
  });

export const snoozeActionBody = z
  .strictObject({
    until: instant
      .nullable()
      .describe('When it comes back: RFC 3339 with an offset, in the future; null = only when it changes.'),
  })
  .meta({
    id: 'SnoozeAction',
    description: 'Until when an action is hidden from your own list.',
    examples: [{ until: '2030-01-02T09:00:00Z' }],
  });
export const snooze = z
  .object({
    action_id: prefixedId('action').describe('The action.'),
    until: utcTimestamp.nullable().describe('When it comes back, unless it changes before; null = when it changes.'),
  })
  .meta({ id: 'Snooze', description: 'An action that you have put off.' });
export type Snooze = z.output<typeof snooze>;
export const snoozeReply = z.object({ status: ok, snooze: snooze.describe('The snooze.') });
export const unsnoozeReply = z.object({ status: ok, action_id: prefixedId('action').describe('The action.') });
export const listSnoozesReply = z.object({
  status: ok,
  snoozes: z.array(snooze).describe('The page; what comes back first is first.'),
  pagination: paginationReply.describe('The position of the page.'),
});

export const reviewer = member
  .pick({ user_id: true, name: true, role: true })
  .meta({ id: 'Reviewer', description: 'A member who may decide.' });
export type Reviewer = z.output<typeof reviewer>;
export const listReviewersReply = z.object({
  status: ok,
  reviewers: z.array(reviewer).describe('The page, by name.'),
  pagination: paginationReply.describe('The position of the page.'),
});
