import { strictFields, plainText } from '@proviso/contracts';
import { contactId, defineExecutor, done, refused } from '@proviso/core/executor';
import { z } from 'zod';
import { demandNamed } from './missing.ts';

const text = plainText(5_000).min(1);

const params = strictFields({
  reason: plainText(65_536).min(1),
  contact_id: contactId.optional(),
  /** When given, the answer is one of these. */
  options: z
    .array(text)
    .min(1)
    .max(50)
    .refine((options) => new Set(options).size === options.length, 'names an option twice')
    .optional(),
  answer: text.optional(),
}).refine(({ options, answer }) => !options || answer === undefined || options.includes(answer), {
  path: ['answer'],
  message: 'is not one of the options',
});

/** The question itself: it waits for a person, and its result is what the person answered. */
export const escalateToHuman = defineExecutor<z.output<typeof params>>({
  type: 'escalate_to_human',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  alwaysAsks: true,
  reviewerFields: ['answer'],
  params,

  async resolve(given, { records }) {
    await demandNamed(given, records);
    return {};
  },

  preview: ({ reason, contact_id, options, answer }) => ({
    title: 'A question for a person',
    fields: [
      ...(contact_id === undefined ? [] : [{ label: 'Contact', value: contact_id }]),
      ...(options === undefined ? [] : [{ label: 'Options', value: options }]),
      ...(answer === undefined ? [] : [{ label: 'Answer', value: answer }]),
    ],
    body: { text: reason },
  }),

  async execute({ action: { params: question, approval } }) {
    if (!approval) return refused('Nobody has decided this.');
    return done({ answer: question.answer ?? null, comment: approval.comment, by: { ...approval.by } });
  },
});
