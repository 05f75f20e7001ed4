import { strictFields, hubspotName, plainText } from '@proviso/contracts';
import { companyId, contactId } from '@proviso/core/executor';
import { z } from 'zod';

/** As they are pushed: HubSpot keeps text, and an empty one clears. */
const pushed = z.record(hubspotName, plainText(65_536));

export const syncParams = strictFields({
  contact_id: contactId.optional(),
  company_id: companyId.optional(),
  /** In place of the record's own: of the contact if there is one, else of the company. */
  properties: z
    .record(hubspotName, z.union([plainText(65_536), z.number(), z.boolean(), z.null()]))
    .refine((properties) => Object.keys(properties).length <= 100, 'holds more than 100 properties')
    .optional(),
  associate: z.boolean().optional(),
  contact: z.strictObject({ email: z.string(), properties: pushed }).optional(),
  company: z.strictObject({ domain: z.string(), properties: pushed }).optional(),
}).superRefine(({ contact_id, company_id, associate }, check) => {
  const fault = (path: string, message: string): void => check.addIssue({ code: 'custom', path: [path], message });
  if (contact_id === undefined && company_id === undefined) fault('contact_id', 'required without company_id');
  if (associate && (contact_id === undefined || company_id === undefined)) {
    fault('associate', 'needs contact_id and company_id');
  }
});
export type SyncParams = z.output<typeof syncParams>;
