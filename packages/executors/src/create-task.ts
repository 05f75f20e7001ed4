import { strictFields, dayOrInstant, taskDescription, taskTitle } from '@proviso/contracts';
import { contactId, defineExecutor, done } from '@proviso/core/executor';
import type { z } from 'zod';
import { demandNamed, refuseMissing } from './missing.ts';

const params = strictFields({
  title: taskTitle,
  description: taskDescription.optional(),
  due_date: dayOrInstant.optional(),
  contact_id: contactId.optional(),
});

export const createTask = defineExecutor<z.output<typeof params>>({
  type: 'create_task',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params,

  async resolve(given, { records }) {
    await demandNamed(given, records);
    return {};
  },

  preview: ({ title, description, due_date, contact_id }) => ({
    title: 'Task',
    fields: [
      { label: 'Title', value: title },
      ...(due_date === undefined ? [] : [{ label: 'Due', value: due_date }]),
      ...(contact_id === undefined ? [] : [{ label: 'Contact', value: contact_id }]),
    ],
    ...(description !== undefined && { body: { text: description } }),
  }),

  guard: (task, { records }) => refuseMissing(task, records),

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
