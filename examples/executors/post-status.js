// An operator's own type: `post_status` posts a sentence to a status page, whose API remembers idempotency keys for a
// day. Run it with PROVISO_EXECUTORS=./examples/executors/post-status.js and STATUS_URL; docs/executors.md explains
// each part.
import { defineExecutor, done, refused, retry } from '@proviso/core/executor';
import { z } from 'zod';

const postStatus = defineExecutor({
  type: 'post_status',
  version: 1,
  delivery: 'idempotent',
  keyLifetimeMs: 86_400_000,
  identity: 'none',
  params: z.strictObject({ text: z.string().min(1).max(500) }),
  preview: ({ text }) => ({ title: 'Post a status', fields: [], body: { text } }),

  async execute({ action, key, signal, begin }) {
    await begin();
    const body = JSON.stringify({ text: action.params.text });
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const response = await fetch(`${process.env.STATUS_URL}/posts`, { method: 'POST', headers, body, signal });
    if (response.ok) return done(await response.json());
    if (response.status === 429) return retry('The status page is busy.', { undone: true });
    if (response.status < 500) return refused(`The status page answered ${response.status}.`);
    return retry(`The status page answered ${response.status}.`, { undone: false });
  },
});

export const executors = [postStatus];
