import { z } from 'zod';
import { actor } from './access.ts';
import { ok } from './fields.ts';
import { bareUuid, idOrUuid, prefixedId } from './ids.ts';
import { plainText } from './json.ts';
import { strictFields } from './optional.ts';
import { pagination } from './actions.ts';
import { listQuery } from './records.ts';
import { utcTimestamp } from './time.ts';

const REASON_CHARS_MAX = 1_000;
const reason = plainText(REASON_CHARS_MAX).min(1);

export const createLegalHoldBody = strictFields({
  reason: reason.describe('Why, such as the name of the case.'),
  action_id: idOrUuid('action').optional().describe('Hold this action.'),
  run_id: idOrUuid('run').optional().describe('Hold every action of this run.'),
  mission_id: z.guid().toLowerCase().optional().describe('Hold every action of this mission.'),
})
  .refine(({ action_id, run_id, mission_id }) => [action_id, run_id, mission_id].filter(Boolean).length <= 1, {
    message: 'must name one of action_id, run_id and mission_id, or none to hold the whole workspace',
  })
  .meta({
    id: 'CreateLegalHold',
    description: 'What to keep although its time is over. Without an id, the whole workspace.',
    examples: [{ reason: 'Case 2031-17' }],
  });

export const legalHold = z
  .object({
    hold_id: prefixedId('hold').describe('Its id.'),
    scope: z.enum(['workspace', 'action', 'run', 'mission']).describe('What it covers.'),
    action_id: prefixedId('action').nullable().describe('The action that it covers; null = another scope.'),
    run_id: prefixedId('run').nullable().describe('The run that it covers; null = another scope.'),
    mission_id: bareUuid.nullable().describe('The mission that it covers; null = another scope.'),
    reason: z.string().describe('Why.'),
    created_by: actor.describe('Who placed it.'),
    created_at: utcTimestamp.describe('When it was placed.'),
    released_by: actor.nullable().describe('Who released it; null = it is in force.'),
    released_at: utcTimestamp.nullable().describe('When it was released; null = it is in force.'),
  })
  .meta({ id: 'LegalHold', description: 'What it covers is neither redacted, nor erased, nor deleted.' });
export type LegalHold = z.output<typeof legalHold>;

export const listLegalHoldsQuery = listQuery;
export const legalHoldReply = z.object({ status: ok, legal_hold: legalHold.describe('The hold as it is now.') });
export const listLegalHoldsReply = z.object({
  status: ok,
  legal_holds: z.array(legalHold).describe('The page: the newest first, with those that were released.'),
  pagination: pagination.describe('The position of the page.'),
});
