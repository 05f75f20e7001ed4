import { strictFields, plainText } from '@proviso/contracts';
import { contactId } from '@proviso/core/executor';
import { z } from 'zod';
import { emailAddress } from '../email/addresses.ts';

const name = plainText(200).min(1);
const propertyValue = z.union([plainText(5_000), z.number(), z.null()]);

export const resendContactParams = strictFields({
  email: emailAddress.optional(),
  contact_id: contactId.optional(),
  first_name: name.optional(),
  last_name: name.optional(),
  unsubscribed: z.boolean().optional(),
  properties: z
    .record(z.string().regex(/^[A-Za-z0-9_]{1,50}$/), propertyValue)
    .refine((properties) => Object.keys(properties).length <= 50, 'holds more than 50 properties')
    .optional(),
  segment_ids: z.array(z.uuid()).min(1).max(10).optional(),
  segment_names: z.array(z.string()).optional(),
}).refine(({ email, contact_id }) => email !== undefined || contact_id !== undefined, {
  path: ['email'],
  message: 'required without contact_id',
});
export type ResendContactParams = z.output<typeof resendContactParams>;
