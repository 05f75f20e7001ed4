import { z } from 'zod';
import { actor } from './access.ts';
import { ok } from './fields.ts';
import { idOrUuid, prefixedId } from './ids.ts';
import { strictFields } from './optional.ts';
import { utcTimestamp } from './time.ts';

const EMAIL_CHARS_MAX = 320;

export const createErasureBody = strictFields({
  email: z.email().max(EMAIL_CHARS_MAX).toLowerCase().optional().describe('The address of the person.'),
  contact_id: idOrUuid('contact').optional().describe('The contact of the person.'),
})
  .refine(({ email, contact_id }) => (email === undefined) !== (contact_id === undefined), {
    message: 'must name the person by email or by contact_id',
  })
  .meta({
    id: 'CreateErasure',
    description: 'Whose data to erase.',
    examples: [{ email: 'ada@example.com' }],
  });

export const erasure = z
  .object({
    erasure_id: prefixedId('erasure').describe('Its id.'),
    status: z.enum(['running', 'completed']).describe('Whether it is completed.'),
    contact_id: prefixedId('contact').nullable().describe('The contact that it deletes; null = none had the address.'),
    cancelled: z.int().describe('How many open actions it has cancelled so far.'),
    redacted: z.int().describe('How many actions it has redacted so far.'),
    records: z.int().describe('How many contacts, notes, tasks, threads and messages it has deleted or changed.'),
    waiting: z
      .int()
      .describe('How many actions it cannot redact yet: they run, their outcome is unknown, or they are held.'),
    created_by: actor.describe('Who asked for it.'),
    created_at: utcTimestamp.describe('When it was asked for.'),
    completed_at: utcTimestamp.nullable().describe('When it was completed; null = it is not.'),
  })
  .meta({
    id: 'Erasure',
    description: 'The erasure of a person’s data. It does not hold their address once it is completed.',
  });
export type Erasure = z.output<typeof erasure>;
export const erasureReply = z.object({ status: ok, erasure: erasure.describe('The erasure as it is now.') });
