import { strictFields, dayOrInstant, taskDescription, taskTitle } from '@proviso/contracts';
import { contactId, defineExecutor, done } from '@proviso/core/executor';
import type { z } from 'zod';
import { assertRecordsExist, guardRecordsExist } from './assert-records-exist.ts';
import { readReferenced, referencedFields } from './referenced-records.ts';
import { fieldIn } from './summary-text.ts';

const params = strictFields({
  title: taskTitle.describe('The title of the task.'),
  description: taskDescription.optional().describe('A description.'),
  due_date: dayOrInstant.optional().describe('When it is due: RFC 3339 with an offset, or a date.'),
  contact_id: contactId.optional().describe('The contact that it is about.'),
}).meta({
  description: 'Creates a task for a person.',
  examples: [{ title: 'Send the quote', due_date: '2030-01-02', contact_id: 'ct_01h455vb4pex5vsknk084sn02q' }],
});

export const createTask = defineExecutor<z.output<typeof params>>({
  type: 'create_task',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params,

  async resolve(given, { records }) {
    await assertRecordsExist(given, records);
    return {};
  },

  readCurrent: readReferenced,

  preview: ({ title, description, due_date, contact_id }, { current }) => ({
    title: 'Task',
    fields: [
      { label: 'Title', value: title },
      ...(due_date === undefined ? [] : [{ label: 'Due', value: due_date }]),
      ...referencedFields({ contact_id }, current),
    ],
    ...(description !== undefined && { body: { text: description } }),
  }),

  summary({ title, contact_id }, { current }) {
    const contact = fieldIn(referencedFields({ contact_id }, current), 'Contact');
    return contact === '' ? `Task: ${title}` : `Task for ${contact}: ${title}`;
  },

  guard: (task, { records }) => guardRecordsExist(task, records),

  async execute({ action: { params: task } }) {
    return done({}, async (records) => ({
      task_id: await records.createTask({
        title: task.title,
        description: task.description ?? null,
        dueDate: task.due_date ?? null,
        contactId: task.contact_id ?? null,
      }),
    }));
  },
});
