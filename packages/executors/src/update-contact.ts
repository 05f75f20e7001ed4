import { changedProperties } from '@proviso/contracts';
import { contactId, defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';
import { assertRecordsExist, guardRecordsExist } from './assert-records-exist.ts';
import { changeFields, namedIn } from './properties.ts';
import { changes } from './summary-text.ts';

const params = z
  .strictObject({
    contact_id: contactId.describe('The contact.'),
    properties: changedProperties.describe(
      'Properties to change, by name. Null deletes one; the others stay as they are.',
    ),
  })
  .meta({
    description: 'Changes properties of a contact.',
    examples: [{ contact_id: 'ct_01h455vb4pex5vsknk084sn02q', properties: { title: 'Countess', phone: null } }],
  });

export const updateContact = defineExecutor<z.output<typeof params>>({
  type: 'update_contact',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params,

  async resolve(given, { records }) {
    await assertRecordsExist(given, records);
    return {};
  },

  async readCurrent({ contact_id, properties }, { records }) {
    const contact = await records.contact(contact_id);
    return contact ? { email: contact.email, before: namedIn(properties, contact.properties) } : {};
  },

  preview: ({ contact_id, properties }, { current = {} }) => ({
    title: 'Change a contact’s properties',
    fields: [{ label: 'Contact', value: current.email ?? contact_id }, ...changeFields(properties, current.before)],
  }),

  summary: ({ contact_id, properties }, { current = {} }) =>
    `${typeof current.email === 'string' ? current.email : contact_id}: ${changes(properties, current.before)}`,

  guard: (change, { records }) => guardRecordsExist(change, records),

  async execute({ action: { params: change } }) {
    const { contact_id, properties } = change;
    return done({ contact_id }, async (records) => {
      const { before, after } = await records.changeContact(contact_id, { properties });
      return { before: namedIn(properties, before.properties), after: namedIn(properties, after.properties) };
    });
  },
});
