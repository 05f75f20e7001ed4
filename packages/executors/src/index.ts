import type { Executor } from '@proviso/core/executor';
import { createNote } from './create-note.ts';
import { createTask } from './create-task.ts';
import { emailMessage } from './email-message.ts';
import { escalateToHuman } from './escalate-to-human.ts';
import { updateCompany } from './update-company.ts';
import { updateContact } from './update-contact.ts';
import { updateLifecycleStage } from './update-lifecycle-stage.ts';

export { createNote, createTask, emailMessage, escalateToHuman, updateCompany, updateContact, updateLifecycleStage };

/** Every executor that ships with Proviso. */
export const builtInExecutors: readonly Executor[] = [
  createNote,
  createTask,
  emailMessage,
  escalateToHuman,
  updateCompany,
  updateContact,
  updateLifecycleStage,
];
