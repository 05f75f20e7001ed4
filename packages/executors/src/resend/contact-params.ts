import { strictFields, plainText, emailAddress } from '@proviso/contracts';
import { contactId } from '@proviso/core/executor';
import { z } from 'zod';

const name = plainText(200).min(1);
const propertyValue = z.union([plainText(5_000), z.number(), z.null()]);

export const resendContactParams = strictFields({
  email: emailAddress
    .optional()
    .describe('Their address. Required without `contact_id`; with one, it must be that contact’s address.'),
  contact_id: contactId.optional().describe('The contact: fills in `email`.'),
  first_name: name.optional().describe('Their first name.'),
  last_name: name.optional().describe('Their last name.'),
  unsubscribed: z
    .boolean()
    .optional()
    .describe('True: Resend sends them no broadcasts. Required for a contact who has unsubscribed in the workspace.'),
  properties: z
    .record(z.string().regex(/^[A-Za-z0-9_]{1,50}$/), propertyValue)
    .refine((properties) => Object.keys(properties).length <= 50, 'has more than 50 properties')
    .optional()
    .describe('Other properties at Resend, by name; null clears one. At most 50.'),
  segment_ids: z.array(z.uuid()).min(1).max(10).optional().describe('Segments at Resend to add them to.'),
  segment_names: z.array(z.string()).optional().describe('What Resend calls them.'),
})
  .refine(({ email, contact_id }) => email !== undefined || contact_id !== undefined, {
    path: ['email'],
    message: 'required without contact_id',
  })
  .meta({
    description: 'Adds a contact at Resend, or updates the one with this address.',
    examples: [{ email: 'ada@example.com', first_name: 'Ada' }],
  });
export type ResendContactParams = z.output<typeof resendContactParams>;
