import { strictFields, plainText } from '@proviso/contracts';
import { contactId, defineExecutor, done, refused } from '@proviso/core/executor';
import { z } from 'zod';
import { assertRecordsExist } from './assert-records-exist.ts';
import { readReferenced, referencedFields } from './referenced-records.ts';

const text = plainText(5_000).min(1);

const params = strictFields({
  reason: plainText(65_536).min(1).describe('The question, with everything that the reviewer needs to know.'),
  contact_id: contactId.optional().describe('The contact that it is about.'),
  options: z
    .array(text)
    .min(1)
    .max(50)
    .refine((options) => new Set(options).size === options.length, 'lists an option twice')
    .optional()
    .describe('If given, the answer must be one of these.'),
  answer: text.optional().describe('The answer. The reviewer sets it in the edits; a proposal cannot.'),
})
  .refine(({ options, answer }) => !options || answer === undefined || options.includes(answer), {
    path: ['answer'],
    message: 'is not one of the options',
  })
  .meta({
    description: 'Asks a person. It always waits for one, and its result is the answer.',
    examples: [{ reason: 'They ask for 20 % off. What may I offer?', options: ['Nothing', '10 %', '20 %'] }],
  });

/** Asks a person a question; the result is their answer. */
export const escalateToHuman = defineExecutor<z.output<typeof params>>({
  type: 'escalate_to_human',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  alwaysAsks: true,
  reviewerFields: ['answer'],
  params,

  async resolve(given, { records }) {
    await assertRecordsExist(given, records);
    return {};
  },

  approvalFault({ options, answer }, { comment }) {
    if (!options || answer !== undefined || comment?.trim()) return undefined;
    return { field: 'answer', message: 'choose an answer: one of the options as edits.answer, or your own as comment' };
  },

  readCurrent: readReferenced,

  preview: ({ reason, contact_id, options, answer }, { current }) => ({
    title: 'A question for a person',
    fields: [
      ...referencedFields({ contact_id }, current),
      ...(options === undefined ? [] : [{ label: 'Options', value: options }]),
      ...(answer === undefined ? [] : [{ label: 'Answer', value: answer }]),
    ],
    body: { text: reason },
  }),

  summary: ({ reason }) => reason.trim().split('\n', 1)[0] ?? '',

  async execute({ action: { params: question, approval } }) {
    if (!approval) return refused('This action has no reviewer decision.');
    return done({ answer: question.answer ?? null, comment: approval.comment, by: { ...approval.by } });
  },
});
