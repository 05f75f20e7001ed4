import { z } from 'zod';
import { ok } from './fields.ts';
import { utcTimestamp } from './time.ts';
import { prefixedId } from './ids.ts';
import { jsonObject, plainText } from './json.ts';
import { pagination } from './actions.ts';
import { strictFields } from './optional.ts';
import { listQuery } from './records.ts';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const domain = z
  .string()
  .max(253)
  .regex(new RegExp(`^(${LABEL}\\.)+${LABEL}$`, 'i'), 'must be a domain, such as example.com');
const name = plainText(255).min(1);

export const createCompanyBody = strictFields({
  name: name.optional().describe('Its name; required without a domain.'),
  domain: domain.optional().describe('Its domain, unique in the workspace.'),
  properties: jsonObject.optional().describe('Any other properties, by name.'),
})
  .refine((body) => body.name !== undefined || body.domain !== undefined, {
    path: ['name'],
    message: 'give a name, a domain, or both',
  })
  .meta({
    id: 'CreateCompany',
    description: 'A new company.',
    examples: [{ name: 'Analytical Engines', domain: 'engines.example.com' }],
  });

/** Properties merge; a null deletes one. */
export const updateCompanyBody = z
  .strictObject({
    name: name.nullable().optional().describe('Its name; null removes it.'),
    domain: domain.nullable().optional().describe('Its domain; null removes it.'),
    properties: jsonObject
      .optional()
      .describe('Properties to change, by name. Null deletes one; the others stay as they are.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateCompany',
    description: 'What to change about a company.',
    examples: [{ properties: { industry: 'computing' } }],
  });

export const company = z
  .object({
    company_id: prefixedId('company').describe('Its id.'),
    domain: z.string().nullable().describe('Its domain; null = not known.'),
    name: z.string().nullable().describe('Its name; null = not known.'),
    properties: jsonObject.describe('Any other properties, by name.'),
    created_at: utcTimestamp.describe('When it was added.'),
    updated_at: utcTimestamp.describe('When it last changed.'),
  })
  .meta({ id: 'Company', description: 'A company.' });
export type Company = z.output<typeof company>;
export const companyReply = z.object({ status: ok, company: company.describe('The company as it is now.') });
export const companyDeletedReply = z.object({
  status: ok,
  company_id: prefixedId('company').describe('What was deleted.'),
});
export const listCompaniesQuery = listQuery.extend({
  domain: plainText(253).optional().describe('With this domain, ignoring case.'),
});
export const listCompaniesReply = z.object({
  status: ok,
  companies: z.array(company).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});
