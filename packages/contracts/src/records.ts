import { z } from 'zod';
import { ok } from './fields.ts';
import { utcTimestamp } from './time.ts';
import { idOrUuid, prefixedId } from './ids.ts';
import { actor } from './access.ts';
import { pageCursor, pageLimit, pageSkip, pagination } from './actions.ts';
import { emailAddress } from './addresses.ts';
import { jsonObject, plainText } from './json.ts';
import { provider } from './identities.ts';
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
export const lifecycleStage = z
  .enum(LIFECYCLE_STAGES)
  .meta({ id: 'LifecycleStage', description: 'The lifecycle stage of a contact.' });

/** Properties to merge; a null deletes one. */
export const changedProperties = jsonObject.refine(
  (changes) => Object.keys(changes).length > 0,
  'must change at least one property',
);

export const pageQuery = z.strictObject({ limit: pageLimit, skip: pageSkip });
/** A list that pages by `cursor` as well. */
export const listQuery = pageQuery.extend({ cursor: pageCursor });
export const paginationReply = z.object({
  total_items: z.int().describe('How many there are.'),
  limit: z.int().describe('The maximum size of a page.'),
  skip: z.int().describe('How many were skipped before it.'),
});

export const createContactBody = strictFields({
  email: emailAddress.describe('Their address, unique in the workspace.'),
  properties: jsonObject.optional().describe('Any other properties, by name.'),
  lifecycle_stage: lifecycleStage.optional().describe('Their lifecycle stage.'),
  company_id: idOrUuid('company').optional().describe('Their company.'),
}).meta({
  id: 'CreateContact',
  description: 'A new contact.',
  examples: [{ email: 'grace@example.com', properties: { first_name: 'Grace' }, lifecycle_stage: 'lead' }],
});

export const contact = z
  .object({
    contact_id: prefixedId('contact').describe('Their id.'),
    email: z.string().describe('Their address.'),
    properties: jsonObject.describe('Any other properties, by name.'),
    lifecycle_stage: lifecycleStage.nullable().describe('Their lifecycle stage; null = none.'),
    company_id: prefixedId('company').nullable().describe('Their company; null = none.'),
    unsubscribed_at: utcTimestamp.nullable().describe('When they unsubscribed from e-mail; null = they have not.'),
    created_at: utcTimestamp.describe('When they were added.'),
    updated_at: utcTimestamp.describe('When they last changed.'),
  })
  .meta({ id: 'Contact', description: 'A person that actions are about.' });
export type Contact = z.output<typeof contact>;
export const contactReply = z.object({ status: ok, contact: contact.describe('The contact as it is now.') });
export const contactDeletedReply = z.object({
  status: ok,
  contact_id: prefixedId('contact').describe('What was deleted.'),
});
export const listContactsQuery = listQuery.extend({
  email: plainText(320).optional().describe('With this address, ignoring case.'),
});
export const listContactsReply = z.object({
  status: ok,
  contacts: z.array(contact).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});

/** Properties merge; a null deletes one. */
export const updateContactBody = z
  .strictObject({
    email: emailAddress.optional().describe('A new address.'),
    properties: jsonObject
      .optional()
      .describe('Properties to change, by name. Null deletes one; the others stay as they are.'),
    lifecycle_stage: lifecycleStage.optional().describe('Their lifecycle stage. The change is recorded.'),
    company_id: idOrUuid('company').nullable().optional().describe('Their company; null = none.'),
    unsubscribed: z.boolean().optional().describe('True: they get no more e-mail.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateContact',
    description: 'What to change about a contact.',
    examples: [{ properties: { first_name: 'Grace', title: null } }],
  });

/** A change of a contact's stage: over the API, or by the action that it names. */
export const lifecycleChange = z
  .object({
    from: lifecycleStage.nullable().describe('The stage before; null = none.'),
    to: lifecycleStage.describe('The stage after.'),
    action_id: prefixedId('action').nullable().describe('The action that changed it; null = the API.'),
    actor: actor.describe('Who did it.'),
    at: utcTimestamp.describe('When.'),
  })
  .meta({ id: 'LifecycleChange', description: 'A change of a contact’s stage.' });
export type LifecycleChange = z.output<typeof lifecycleChange>;
export const listLifecycleReply = z.object({
  status: ok,
  lifecycle_changes: z.array(lifecycleChange).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});

export const createNoteBody = z
  .strictObject({ content: plainText(65_536).min(1).describe('Its text.') })
  .meta({ id: 'CreateNote', description: 'A new note.', examples: [{ content: 'Called, will call back on Monday.' }] });
export const note = z
  .object({
    note_id: prefixedId('note').describe('Its id.'),
    content: z.string().describe('Its text.'),
    contact_id: prefixedId('contact').nullable().describe('Its contact; null = it is on a company.'),
    company_id: prefixedId('company').nullable().describe('Its company; null = it is on a contact.'),
    action_id: prefixedId('action').nullable().describe('The action that created it; null = the API.'),
    created_by: actor.describe('Who wrote it.'),
    created_at: utcTimestamp.describe('When it was written.'),
  })
  .meta({ id: 'Note', description: 'A note on a contact or a company.' });
export type Note = z.output<typeof note>;
export const noteReply = z.object({ status: ok, note: note.describe('The note as it was written.') });
export const listNotesReply = z.object({
  status: ok,
  notes: z.array(note).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});

export const emailThread = z
  .object({
    thread_id: prefixedId('thread').describe('Its id.'),
    subject: z.string().describe('Its subject.'),
    last_message_id: z.string().describe('The Message-ID of its newest message.'),
    message_count: z.int().describe('How many messages it has.'),
    updated_at: utcTimestamp.describe('When the newest was sent or received.'),
  })
  .meta({ id: 'EmailThread', description: 'A conversation with a contact.' });
export type EmailThread = z.output<typeof emailThread>;
export const listThreadsReply = z.object({
  status: ok,
  email_threads: z.array(emailThread).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});

export const IDENTITY_STATUSES = ['active', 'disabled', 'failing'] as const;
const identityStatus = z.enum(IDENTITY_STATUSES).meta({
  id: 'IdentityStatus',
  description: 'Whether actions can use an identity. While it is failing, they wait and are retried from time to time.',
});
/** `per_second` may be a fraction: 0.1 is one every ten seconds. Null lifts the provider's own limit. */
export const pacing = z
  .strictObject({
    per_second: z
      .number()
      .min(0.001)
      .max(1_000)
      .nullable()
      .optional()
      .describe('Maximum starts per second; 0.1 is one every ten seconds. Null removes the provider’s default.'),
    per_hour: z.int().min(1).max(100_000).nullable().optional().describe('Maximum starts in any hour.'),
    per_day: z.int().min(1).max(100_000).nullable().optional().describe('Maximum starts in any day.'),
    per_week: z.int().min(1).max(100_000).nullable().optional().describe('Maximum starts in any week.'),
  })
  .meta({ id: 'Pacing', description: 'Rate limits for the starts of actions that use an identity.' });
export type IdentityPacing = z.output<typeof pacing>;
export const createIdentityBody = strictFields({
  provider: provider.describe('The provider of the account.'),
  name: plainText(255).min(1).describe('A name for people; it appears in previews.'),
  config: jsonObject.default({}).describe('Settings for the provider. They are visible, and part of what is approved.'),
  credentials: jsonObject.optional().describe('Secrets for the provider. They are encrypted and never shown.'),
  pacing: pacing.nullable().optional().describe('Rate limits in place of the provider’s defaults.'),
}).meta({
  id: 'CreateIdentity',
  description: 'A new account to act as.',
  examples: [
    {
      provider: 'smtp',
      name: 'Sales',
      config: { host: 'smtp.example.com', port: 587, from: 'Sales <sales@example.com>' },
      credentials: { user: 'sales', pass: 'the password' },
    },
  ],
});
export const updateIdentityBody = z
  .strictObject({
    name: plainText(255).min(1).optional().describe('A name for people; it appears in previews.'),
    config: jsonObject
      .optional()
      .describe('All settings, replacing the old ones. Cleared actions of the identity return to review.'),
    credentials: jsonObject.nullable().optional().describe('New secrets; null removes them.'),
    pacing: pacing
      .nullable()
      .optional()
      .describe('Rate limits in place of the provider’s defaults; null = the defaults.'),
    status: z.enum(['active', 'disabled']).optional().describe('`disabled` stops its actions from starting.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateIdentity',
    description: 'What to change about an identity.',
    examples: [{ name: 'Sales, Europe' }],
  });
export const identity = z
  .object({
    identity_id: prefixedId('identity').describe('Its id.'),
    provider: provider.describe('The provider of the account.'),
    name: z.string().describe('For people.'),
    config: jsonObject.describe('Settings of the provider.'),
    has_credentials: z.boolean().describe('Whether secrets are stored for it.'),
    status: identityStatus.describe('Whether actions can use it.'),
    pacing: pacing.nullable().describe('Rate limits in place of the provider’s defaults; null = the defaults.'),
    verified_at: utcTimestamp.nullable().describe('When it was last verified; null = never.'),
    account: z.string().nullable().describe('The account that answered the last successful verification; null = none.'),
    failing: z
      .object({
        since: utcTimestamp.describe('Since when it has been so.'),
        message: z.string().describe('What the provider said.'),
      })
      .nullable()
      .describe('Since when and why it is failing; null = it is not.'),
    created_at: utcTimestamp.describe('When it was added.'),
    updated_at: utcTimestamp.describe('When it last changed.'),
  })
  .meta({ id: 'Identity', description: 'An account to act as, without its secrets.' });
export type Identity = z.output<typeof identity>;
export const identityReply = z.object({
  status: ok,
  identity: identity.describe('The identity as it is now, without its secrets.'),
});
export const verification = z
  .discriminatedUnion('ok', [
    z.object({
      ok: z.literal(true).describe('The account answered.'),
      account: z.string().describe('The account at the provider.'),
    }),
    z.object({
      ok: z.literal(false).describe('The account did not answer.'),
      message: z.string().describe('Why not.'),
    }),
  ])
  .meta({ id: 'Verification', description: 'The result of verifying an identity.' });
export type Verification = z.output<typeof verification>;
export const verifyIdentityReply = z.object({
  status: ok,
  verification: verification.describe('What the provider said.'),
  identity: identity.describe('The identity as it is now.'),
});
export const identityDeletedReply = z.object({
  status: ok,
  identity_id: prefixedId('identity').describe('What was deleted.'),
});
export const listIdentitiesReply = z.object({
  status: ok,
  identities: z.array(identity).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});

/** Names what to pause; nothing = the whole workspace. `everything` = the instance, for operators. */
export const pauseBody = strictFields({
  agent_id: prefixedId('agent').min(1).max(64).optional().describe('Only actions of this agent.'),
  type: plainText(64).min(1).optional().describe('Only actions of this type.'),
  everything: z.literal(true).optional().describe('Everything in every workspace: for operators.'),
})
  .refine((body) => Object.keys(body).length <= 1, 'names more than one thing')
  .meta({
    id: 'Pause',
    description: 'What to pause or resume: one agent, one type, everything, or, without a field, the whole workspace.',
    examples: [{ type: 'email_message' }],
  });
export type PauseBody = z.output<typeof pauseBody>;
export const pausesReply = z.object({
  status: ok,
  paused: z
    .array(
      z.object({
        scope: z.enum(['everything', 'workspace', 'agent', 'type']).describe('The scope of the pause.'),
        agent_id: prefixedId('agent').nullable().describe('The paused agent; null = not limited to an agent.'),
        type: z.string().nullable().describe('The paused type; null = not limited to a type.'),
        since: utcTimestamp.describe('Since when it has been so.'),
        by: actor.describe('Who paused it.'),
      }),
    )
    .describe('A pause.'),
});
