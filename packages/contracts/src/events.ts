import { z } from 'zod';
import { prefixedId } from './ids.ts';
import { utcTimestamp } from './time.ts';
import { action, logEntry } from './actions.ts';
import { actionStatus } from './lifecycle.ts';

/** `total` counts all of them. */
export const briefingTruncated = z
  .literal(true)
  .optional()
  .meta({ description: 'Only the 1 000 largest types and missions are listed.' });

/** The first message of the stream: what waits for a decision. */
export const briefing = z
  .object({
    total: z.int().describe('How many wait for a decision.'),
    by_type: z.record(z.string(), z.int()).describe('How many of each type.'),
    by_mission: z.record(z.string(), z.int()).describe('How many of each mission.'),
    truncated: briefingTruncated,
    oldest_created_at: utcTimestamp.nullable().describe('Since when the oldest has been waiting; null = none waits.'),
  })
  .meta({ id: 'Briefing', description: 'What waits for a decision.' });
export type Briefing = z.output<typeof briefing>;

/** A move of an action, and the action when the move was read: in that version or a later one. */
export const actionEvent = z
  .object({
    event: logEntry
      .extend({
        action_id: prefixedId('action').describe('The action that it happened to.'),
        version: z.int().describe('The version of the action after it.'),
        status: actionStatus.describe('The status of the action after it.'),
      })
      .describe('What happened.'),
    action: action.describe('The action when the event was read: at that version or a later one.'),
  })
  .meta({ id: 'ActionEvent', description: 'Something that happened to an action.' });
export type ActionEvent = z.output<typeof actionEvent>;

/** `data` of the messages: of `briefing`, of those named after an event, and of `resync`, which is empty. */
export const eventMessage = z.union([briefing, actionEvent, z.object({})]);
