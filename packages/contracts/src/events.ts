import { z } from 'zod';
import { action, logEntry } from './actions.ts';
import { STATUSES } from './lifecycle.ts';

/** `total` counts all of them. */
export const briefingTruncated = z
  .literal(true)
  .optional()
  .meta({ description: 'Types and missions are named for the 1 000 largest only.' });

/** The first message of the stream: what waits for a decision. */
export const briefing = z
  .object({
    total: z.int(),
    by_type: z.record(z.string(), z.int()),
    by_mission: z.record(z.string(), z.int()),
    truncated: briefingTruncated,
    oldest_created_at: z.string().nullable(),
  })
  .meta({ id: 'Briefing' });
export type Briefing = z.output<typeof briefing>;

/** A move of an action, and the action as it was when the move was read: of that version or a later one. */
export const actionEvent = z
  .object({
    event: logEntry.extend({ action_id: z.string(), version: z.int(), status: z.enum(STATUSES) }),
    action,
  })
  .meta({ id: 'ActionEvent' });
export type ActionEvent = z.output<typeof actionEvent>;

/** `data` of the messages: of `briefing`, of those named after an event, and of `resync`, which has nothing to say. */
export const eventMessage = z.union([briefing, actionEvent, z.object({})]);
