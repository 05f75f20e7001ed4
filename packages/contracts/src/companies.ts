import { z } from 'zod';
import { jsonObject, plainText } from './json.ts';
import { pagination } from './actions.ts';
import { strictFields } from './optional.ts';
import { listQuery, ok } from './records.ts';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const domain = z
  .string()
  .max(253)
  .regex(new RegExp(`^(${LABEL}\\.)+${LABEL}$`, 'i'), 'is not a domain');
const name = plainText(255).min(1);

export const createCompanyBody = strictFields({
  name: name.optional(),
  domain: domain.optional(),
  properties: jsonObject.optional(),
})
  .refine((body) => body.name !== undefined || body.domain !== undefined, {
    path: ['name'],
    message: 'give a name, a domain, or both',
  })
  .meta({ id: 'CreateCompany', examples: [{ name: 'Analytical Engines', domain: 'engines.example.com' }] });
export type CreateCompanyBody = z.output<typeof createCompanyBody>;

/** Properties merge; a null deletes one. */
export const updateCompanyBody = z
  .strictObject({
    name: name.nullable().optional(),
    domain: domain.nullable().optional(),
    properties: jsonObject.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateCompany', examples: [{ properties: { industry: 'computing' } }] });
export type UpdateCompanyBody = z.output<typeof updateCompanyBody>;

export const company = z
  .object({
    company_id: z.string(),
    domain: z.string().nullable(),
    name: z.string().nullable(),
    properties: jsonObject,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Company' });
export type Company = z.output<typeof company>;
export const companyReply = z.object({ status: ok, company });
export const companyDeletedReply = z.object({ status: ok, company_id: z.string() });
export const listCompaniesQuery = listQuery.extend({ domain: plainText(253).optional() });
export const listCompaniesReply = z.object({ status: ok, companies: z.array(company), pagination });
