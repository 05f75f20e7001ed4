import { parseId } from '@proviso/core';
import { backends } from '@proviso/testing';
import { describePipelineConformance, type PipelineOptions } from '@proviso/testing/pipeline-conformance';
import { ACME, ADA } from './records.ts';
import { subjects } from './subjects.ts';

/** The subjects' params name these, and an id is one workspace's alone. */
const seedWorkspace: PipelineOptions['seedWorkspace'] = async ({ db: { tables } }, { id: workspace_id }) => {
  const [contact, company] = [parseId('contact', ADA) ?? '', parseId('company', ACME) ?? ''];
  await tables.contacts.deleteMany({ where: { id: contact } });
  await tables.companies.deleteMany({ where: { id: company } });
  await tables.contacts.create({
    data: { id: contact, workspace_id, email: 'ada@example.com', properties: { fax: '1' } },
  });
  await tables.companies.create({ data: { id: company, workspace_id, name: 'Acme' } });
};

for (const { name: where, redisUrl } of backends())
  for (const { name, subject } of subjects)
    describePipelineConformance(`${name} ${where}`, subject, { seedWorkspace, redisUrl });
