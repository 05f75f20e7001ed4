import { changedProperties } from '@proviso/contracts';
import { companyId, defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';
import { assertRecordsExist, guardRecordsExist } from './assert-records-exist.ts';
import { changeFields, namedIn } from './properties.ts';
import { changes } from './summary-text.ts';

const params = z
  .strictObject({
    company_id: companyId.describe('The company.'),
    properties: changedProperties.describe(
      'Properties to change, by name. Null deletes one; the others stay as they are.',
    ),
  })
  .meta({
    description: 'Changes properties of a company.',
    examples: [{ company_id: 'co_01h455vb4pex5vsknk084sn02q', properties: { industry: 'computing' } }],
  });

export const updateCompany = defineExecutor<z.output<typeof params>>({
  type: 'update_company',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params,

  async resolve(given, { records }) {
    await assertRecordsExist(given, records);
    return {};
  },

  async readCurrent({ company_id, properties }, { records }) {
    const company = await records.company(company_id);
    return company ? { label: company.label, before: namedIn(properties, company.properties) } : {};
  },

  preview: ({ company_id, properties }, { current = {} }) => ({
    title: 'Change a company’s properties',
    fields: [{ label: 'Company', value: current.label ?? company_id }, ...changeFields(properties, current.before)],
  }),

  summary: ({ company_id, properties }, { current = {} }) =>
    `${typeof current.label === 'string' ? current.label : company_id}: ${changes(properties, current.before)}`,

  guard: (change, { records }) => guardRecordsExist(change, records),

  async execute({ action: { params: change } }) {
    const { company_id, properties } = change;
    return done({ company_id }, async (records) => {
      const { before, after } = await records.changeCompany(company_id, { properties });
      return { before: namedIn(properties, before.properties), after: namedIn(properties, after.properties) };
    });
  },
});
