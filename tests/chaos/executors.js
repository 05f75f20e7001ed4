// Two types that use the provider of provider.ts. Api and worker load them through PROVISO_EXECUTORS.
import { defineExecutor, done, retry, unknown } from '@proviso/core/executor';
import { z } from 'zod';

const url = process.env.CHAOS_PROVIDER_URL;
const params = z.strictObject({ text: z.string().min(1).max(500) });
const preview = ({ text }) => ({ title: 'Say', fields: [], body: { text } });

const send = (address, { action, key, signal }) =>
  fetch(`${url}/${address}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ action: action.id, text: action.params.text }),
    signal,
  });

const chaos = (more) => defineExecutor({ version: 1, identity: 'none', params, preview, timeoutMs: 4_000, ...more });

const chaosPost = chaos({
  type: 'chaos_post',
  delivery: 'idempotent',
  keyLifetimeMs: 3_600_000,
  execute: async (ctx) => {
    await ctx.begin();
    const response = await send('posts', ctx).catch(() => null);
    return response?.ok ? done({}) : retry('no answer', { undone: false });
  },
});

const chaosCall = chaos({
  type: 'chaos_call',
  delivery: 'at_most_once',
  execute: async (ctx) => {
    await ctx.begin();
    const response = await send('calls', ctx).catch(() => null);
    return response?.ok ? done({}) : unknown('no answer');
  },
  reconcile: async ({ action, signal }) => {
    const response = await fetch(`${url}/calls/${action.id}`, { signal });
    if (response.ok) return { kind: 'done', result: {} };
    return { kind: 'unknown' }; // a lost worker's request may still be on its way
  },
});

export const executors = [chaosPost, chaosCall];
