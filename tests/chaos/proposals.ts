import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import type { Tenant } from './client.ts';
import type { Random } from './random.ts';

export interface Proposed {
  type: string;
  params: JsonObject;
  identity_id: string;
}

/** A proposal with a unique text. */
export function proposed(tenant: Tenant, random: Random): Proposed {
  const text = `text ${randomUUID()}`;
  const { identity, mailbox, contact } = tenant;
  return random.pick<Proposed>([
    { type: 'chaos_post', params: { text }, identity_id: identity },
    { type: 'chaos_post', params: { text }, identity_id: identity },
    { type: 'chaos_call', params: { text }, identity_id: identity },
    { type: 'chaos_call', params: { text }, identity_id: identity },
    { type: 'create_note', params: { content: text, contact_id: contact }, identity_id: identity },
    {
      type: 'email_message',
      params: { email: 'to@example.com', subject: text, message: text },
      identity_id: mailbox,
    },
  ]);
}

const IN_WORDS: Record<string, string> = { create_note: 'content', email_message: 'message' };

/** Another unique text for it. */
export const editedText = (type: string): JsonObject => ({ [IN_WORDS[type] ?? 'text']: `edited ${randomUUID()}` });

export const soon = (random: Random): string => new Date(Date.now() + random.between(500, 6_000)).toISOString();

/** When it is to run, and whether a person must approve it. */
export const timed = (random: Random): JsonObject =>
  random.pick<JsonObject>([
    {},
    { direct: true },
    { scheduled_time: soon(random) },
    { require_approval: true },
    { require_approval: true },
    { require_approval: true, scheduled_time: soon(random) },
  ]);
