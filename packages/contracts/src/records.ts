import { z } from 'zod';
import { actor } from './access.ts';
import { pageCursor, pageLimit, pageSkip, pagination } from './actions.ts';
import { jsonObject, plainText } from './json.ts';
import { PROVIDERS } from './identities.ts';
import { strictFields } from './optional.ts';

export const LIFECYCLE_STAGES = [
  'lead',
  'prospect',
  'mql',
  'sql',
  'opportunity',
  'customer',
  'evangelist',
  'subscriber',
  'other',
] as const;
export const lifecycleStage = z.enum(LIFECYCLE_STAGES);

/** Properties to merge; a null deletes one. */
export const changedProperties = jsonObject.refine(
  (changes) => Object.keys(changes).length > 0,
  'must change at least one property',
);

const id = z.string().min(1).max(64);
export const ok = z.literal('success');
export const pageQuery = z.strictObject({ limit: pageLimit, skip: pageSkip });
export type PageQuery = z.output<typeof pageQuery>;
/** A list that pages by `cursor` as well. */
export const listQuery = pageQuery.extend({ cursor: pageCursor });
export type ListQuery = z.output<typeof listQuery>;
export const pageShown = z.object({ total_items: z.int(), limit: z.int(), skip: z.int() });

export const createContactBody = strictFields({
  email: z.email().max(320),
  properties: jsonObject.optional(),
  lifecycle_stage: lifecycleStage.optional(),
  company_id: id.optional(),
}).meta({
  id: 'CreateContact',
  examples: [{ email: 'grace@example.com', properties: { first_name: 'Grace' }, lifecycle_stage: 'lead' }],
});
export type CreateContactBody = z.output<typeof createContactBody>;

export const contact = z
  .object({
    contact_id: z.string(),
    email: z.string(),
    properties: jsonObject,
    lifecycle_stage: lifecycleStage.nullable(),
    company_id: z.string().nullable(),
    unsubscribed_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Contact' });
export type Contact = z.output<typeof contact>;
export const contactReply = z.object({ status: ok, contact });
export const contactDeletedReply = z.object({ status: ok, contact_id: z.string() });
export const listContactsQuery = listQuery.extend({ email: plainText(320).optional() });
export const listContactsReply = z.object({ status: ok, contacts: z.array(contact), pagination });

/** Properties merge; a null deletes one. */
export const updateContactBody = z
  .strictObject({
    email: z.email().max(320).optional(),
    properties: jsonObject.optional(),
    lifecycle_stage: lifecycleStage.optional(),
    company_id: id.nullable().optional(),
    unsubscribed: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateContact', examples: [{ properties: { first_name: 'Grace', title: null } }] });
export type UpdateContactBody = z.output<typeof updateContactBody>;

/** A change of a contact's stage: over the API, or by the action that it names. */
export const lifecycleChange = z
  .object({
    from: lifecycleStage.nullable(),
    to: lifecycleStage,
    action_id: z.string().nullable(),
    actor,
    at: z.string(),
  })
  .meta({ id: 'LifecycleChange' });
export type LifecycleChange = z.output<typeof lifecycleChange>;
export const listLifecycleReply = z.object({
  status: ok,
  lifecycle_changes: z.array(lifecycleChange),
  pagination,
});

export const createNoteBody = z
  .strictObject({ content: plainText(65_536).min(1) })
  .meta({ id: 'CreateNote', examples: [{ content: 'Called, will call back on Monday.' }] });
export const note = z
  .object({
    note_id: z.string(),
    content: z.string(),
    contact_id: z.string().nullable(),
    company_id: z.string().nullable(),
    action_id: z.string().nullable(),
    created_by: actor,
    created_at: z.string(),
  })
  .meta({ id: 'Note' });
export type Note = z.output<typeof note>;
export const noteReply = z.object({ status: ok, note });
export const listNotesReply = z.object({ status: ok, notes: z.array(note), pagination });

export const emailThread = z
  .object({
    thread_id: z.string(),
    subject: z.string(),
    last_message_id: z.string(),
    message_count: z.int(),
    updated_at: z.string(),
  })
  .meta({ id: 'EmailThread' });
export type EmailThread = z.output<typeof emailThread>;
export const listThreadsReply = z.object({ status: ok, email_threads: z.array(emailThread), pagination });

export const IDENTITY_STATUSES = ['active', 'disabled', 'failing'] as const;
/** `per_second` may be a fraction: 0.1 is one every ten seconds. Null lifts the provider's own bound. */
export const pacing = z
  .strictObject({
    per_second: z.number().min(0.001).max(1_000).nullable().optional(),
    per_hour: z.int().min(1).max(100_000).nullable().optional(),
    per_day: z.int().min(1).max(100_000).nullable().optional(),
    per_week: z.int().min(1).max(100_000).nullable().optional(),
  })
  .meta({ id: 'Pacing' });
export type IdentityPacing = z.output<typeof pacing>;
export const createIdentityBody = strictFields({
  provider: z.enum(PROVIDERS),
  name: plainText(255).min(1),
  config: jsonObject.default({}),
  credentials: jsonObject.optional(),
  pacing: pacing.nullable().optional(),
}).meta({
  id: 'CreateIdentity',
  examples: [
    {
      provider: 'smtp',
      name: 'Sales',
      config: { host: 'smtp.example.com', port: 587, from: 'Sales <sales@example.com>' },
      credentials: { user: 'sales', pass: 'the password' },
    },
  ],
});
export type CreateIdentityBody = z.output<typeof createIdentityBody>;
export const updateIdentityBody = z
  .strictObject({
    name: plainText(255).min(1).optional(),
    config: jsonObject.optional(),
    credentials: jsonObject.nullable().optional(),
    pacing: pacing.nullable().optional(),
    status: z.enum(['active', 'disabled']).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateIdentity', examples: [{ name: 'Sales, Europe' }] });
export type UpdateIdentityBody = z.output<typeof updateIdentityBody>;
export const identity = z
  .object({
    identity_id: z.string(),
    provider: z.enum(PROVIDERS),
    name: z.string(),
    config: jsonObject,
    has_credentials: z.boolean(),
    status: z.enum(IDENTITY_STATUSES),
    /** Bounds in place of the provider's own; null = the provider's. */
    pacing: pacing.nullable(),
    /** The last verification; null = none yet. */
    verified_at: z.string().nullable(),
    /** Who answered the last verification that succeeded. */
    account: z.string().nullable(),
    /** Null = it does not. */
    failing: z.object({ since: z.string(), message: z.string() }).nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Identity' });
export type Identity = z.output<typeof identity>;
export const identityReply = z.object({ status: ok, identity });
export const verification = z
  .discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), account: z.string() }),
    z.object({ ok: z.literal(false), message: z.string() }),
  ])
  .meta({ id: 'Verification' });
export type Verification = z.output<typeof verification>;
export const verifyIdentityReply = z.object({ status: ok, verification, identity });
export const identityDeletedReply = z.object({ status: ok, identity_id: z.string() });
export const listIdentitiesReply = z.object({ status: ok, identities: z.array(identity), pagination });

/** Names what to hold back; nothing = the whole workspace. `everything` = the instance, for operators. */
export const pauseBody = strictFields({
  agent_id: z.string().min(1).max(64).optional(),
  type: plainText(64).min(1).optional(),
  everything: z.literal(true).optional(),
})
  .refine((body) => Object.keys(body).length <= 1, 'names more than one thing')
  .meta({ id: 'Pause', examples: [{ type: 'email_message' }] });
export type PauseBody = z.output<typeof pauseBody>;
export const pausesReply = z.object({
  status: ok,
  paused: z.array(
    z.object({
      scope: z.enum(['everything', 'workspace', 'agent', 'type']),
      agent_id: z.string().nullable(),
      type: z.string().nullable(),
      since: z.string(),
      by: actor,
    }),
  ),
});
