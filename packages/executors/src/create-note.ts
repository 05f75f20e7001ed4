import { strictFields, plainText } from '@proviso/contracts';
import { companyId, contactId, defineExecutor, done } from '@proviso/core/executor';
import type { z } from 'zod';
import { assertRecordsExist, guardRecordsExist } from './assert-records-exist.ts';
import { readReferenced, referencedFields } from './referenced-records.ts';
import { fieldIn, quoted, told } from './summary-text.ts';

const params = strictFields({
  content: plainText(65_536).min(1).describe('The text of the note.'),
  contact_id: contactId.optional().describe('The contact. Give either this or `company_id`.'),
  company_id: companyId.optional().describe('The company. Give either this or `contact_id`.'),
})
  .superRefine((note, check) => {
    if ((note.contact_id === undefined) === (note.company_id === undefined)) {
      check.addIssue({
        code: 'custom',
        path: ['contact_id'],
        message: 'give exactly one of contact_id and company_id',
      });
    }
  })
  .meta({
    description: 'Adds a note to a contact or a company.',
    examples: [{ contact_id: 'ct_01h455vb4pex5vsknk084sn02q', content: 'Asked for a quote.' }],
  });
type Params = z.output<typeof params>;

export const createNote = defineExecutor<Params>({
  type: 'create_note',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params,

  async resolve(given, { records }) {
    await assertRecordsExist(given, records);
    return {};
  },

  readCurrent: readReferenced,

  preview: (note, { current }) => ({
    title: note.contact_id === undefined ? 'Note on a company' : 'Note on a contact',
    fields: referencedFields(note, current),
    body: { text: note.content },
  }),

  summary(note, { current }) {
    const fields = referencedFields(note, current);
    return told(`Note on ${fieldIn(fields, 'Contact') || fieldIn(fields, 'Company')}`, quoted(note.content));
  },

  guard: (note, { records }) => guardRecordsExist(note, records),

  async execute({ action: { params: note } }) {
    return done({}, async (records) => ({
      note_id: await records.createNote({
        content: note.content,
        contactId: note.contact_id ?? null,
        companyId: note.company_id ?? null,
      }),
    }));
  },
});
