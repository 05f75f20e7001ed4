import { strictFields, hubspotName, plainText } from '@proviso/contracts';
import { companyId, contactId } from '@proviso/core/executor';
import { z } from 'zod';

/** The properties to push. HubSpot stores text, and an empty one clears a property. */
const pushed = z.record(hubspotName, plainText(65_536));
const leftOut = z.record(z.string(), z.string()).optional();

export const syncParams = strictFields({
  contact_id: contactId.optional().describe('The contact to push; required without `company_id`.'),
  company_id: companyId
    .optional()
    .describe('The company to push, which must have a domain; required without `contact_id`.'),
  properties: z
    .record(hubspotName, z.union([plainText(65_536), z.number(), z.boolean(), z.null()]))
    .refine((properties) => Object.keys(properties).length <= 100, 'has more than 100 properties')
    .optional()
    .describe(
      'Properties by HubSpot’s internal name, in place of those of the contact, or of the company if there is no contact. Null clears one.',
    ),
  associate: z.boolean().optional().describe('True associates the contact with the company; requires both.'),
  contact: z
    .strictObject({
      email: z.string().describe('Their address.'),
      properties: pushed.describe('Properties, by HubSpot’s internal name.'),
      left_out: leftOut.describe('Properties of the record that are not pushed, each with the reason.'),
    })
    .optional()
    .describe('The contact as it is pushed.'),
  company: z
    .strictObject({
      domain: z.string().describe('Its domain.'),
      properties: pushed.describe('Properties, by HubSpot’s internal name.'),
      left_out: leftOut.describe('Properties of the record that are not pushed, each with the reason.'),
    })
    .optional()
    .describe('The company as it is pushed.'),
})
  .superRefine(({ contact_id, company_id, associate }, check) => {
    const fault = (path: string, message: string): void => check.addIssue({ code: 'custom', path: [path], message });
    if (contact_id === undefined && company_id === undefined) fault('contact_id', 'required without company_id');
    if (associate && (contact_id === undefined || company_id === undefined)) {
      fault('associate', 'needs contact_id and company_id');
    }
  })
  .meta({
    description: 'Pushes a contact, a company, or both to HubSpot.',
    examples: [{ contact_id: 'ct_01h455vb4pex5vsknk084sn02q', properties: { jobtitle: 'Countess' } }],
  });
export type SyncParams = z.output<typeof syncParams>;
