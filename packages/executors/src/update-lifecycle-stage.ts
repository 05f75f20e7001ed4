import { lifecycleStage } from '@proviso/contracts';
import { contactId, defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';
import { assertRecordsExist, guardRecordsExist } from './assert-records-exist.ts';

const params = z
  .strictObject({
    contact_id: contactId.describe('The contact.'),
    lifecycle_stage: lifecycleStage.describe('The new stage.'),
  })
  .meta({
    description: 'Changes the lifecycle stage of a contact.',
    examples: [{ contact_id: 'ct_01h455vb4pex5vsknk084sn02q', lifecycle_stage: 'customer' }],
  });

export const updateLifecycleStage = defineExecutor<z.output<typeof params>>({
  type: 'update_lifecycle_stage',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params,

  async resolve(given, { records }) {
    await assertRecordsExist(given, records);
    return {};
  },

  async readCurrent({ contact_id }, { records }) {
    const contact = await records.contact(contact_id);
    return contact ? { email: contact.email, before: contact.lifecycleStage } : {};
  },

  preview: ({ contact_id, lifecycle_stage }, { current = {} }) => ({
    title: 'Change a contact’s lifecycle stage',
    fields: [
      { label: 'Contact', value: current.email ?? contact_id },
      {
        label: 'Lifecycle stage',
        value: lifecycle_stage,
        ...(current.before !== undefined && { before: current.before }),
      },
    ],
  }),

  summary: ({ contact_id, lifecycle_stage }, { current = {} }) => {
    const before =
      current.before === undefined ? '' : `${typeof current.before === 'string' ? current.before : 'no stage'} → `;
    return `${typeof current.email === 'string' ? current.email : contact_id}: ${before}${lifecycle_stage}`;
  },

  guard: (change, { records }) => guardRecordsExist(change, records),

  async execute({ action: { params: change } }) {
    const { contact_id, lifecycle_stage } = change;
    return done({ contact_id }, async (records) => {
      const { before, after } = await records.changeContact(contact_id, { lifecycle_stage });
      return { before: before.lifecycleStage, after: after.lifecycleStage };
    });
  },
});
