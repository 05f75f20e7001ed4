// What PROVISO_EXECUTORS loads: an action type that does nothing and stores a result. Plain JavaScript, as production
// loads it.
import { defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';

const noop = defineExecutor({
  type: 'noop',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params: z.strictObject({ email: z.email(), subject: z.string().max(200), message: z.string().max(2_000) }),
  preview: ({ email, subject, message }) => ({
    title: `Send nothing to ${email}`,
    fields: [
      { label: 'To', value: email },
      { label: 'Subject', value: subject },
    ],
    body: { text: message },
  }),
  execute: ({ action }) => Promise.resolve(done({ ok: true, to: action.params.email })),
});

export const executors = [noop];
