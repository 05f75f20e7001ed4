import { z } from 'zod';
import { ok } from './fields.ts';
import { shownTime } from './time.ts';
import { givenId, shownId } from './ids.ts';
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
  .meta({ id: 'LifecycleStage', description: 'How far a contact has come.' });

/** Properties to merge; a null deletes one. */
export const changedProperties = jsonObject.refine(
  (changes) => Object.keys(changes).length > 0,
  'must change at least one property',
);

export const pageQuery = z.strictObject({ limit: pageLimit, skip: pageSkip });
export type PageQuery = z.output<typeof pageQuery>;
/** A list that pages by `cursor` as well. */
export const listQuery = pageQuery.extend({ cursor: pageCursor });
export type ListQuery = z.output<typeof listQuery>;
export const pageShown = z.object({
  total_items: z.int().describe('How many there are.'),
  limit: z.int().describe('How many a page has at most.'),
  skip: z.int().describe('How many were skipped before it.'),
});

export const createContactBody = strictFields({
  email: emailAddress.describe('Their address, which no other contact of the workspace has.'),
  properties: jsonObject.optional().describe('Anything else, by name.'),
  lifecycle_stage: lifecycleStage.optional().describe('How far they have come.'),
  company_id: givenId('company').optional().describe('Where they work.'),
}).meta({
  id: 'CreateContact',
  description: 'A new contact.',
  examples: [{ email: 'grace@example.com', properties: { first_name: 'Grace' }, lifecycle_stage: 'lead' }],
});
export type CreateContactBody = z.output<typeof createContactBody>;

export const contact = z
  .object({
    contact_id: shownId('contact').describe('Names the contact.'),
    email: z.string().describe('Their address.'),
    properties: jsonObject.describe('Anything else, by name.'),
    lifecycle_stage: lifecycleStage.nullable().describe('How far they have come; null = not said.'),
    company_id: shownId('company').nullable().describe('Where they work; null = not known.'),
    unsubscribed_at: shownTime.nullable().describe('Since when they want no e-mail; null = they take it.'),
    created_at: shownTime.describe('When they were added.'),
    updated_at: shownTime.describe('When they last changed.'),
  })
  .meta({ id: 'Contact', description: 'A person whom actions are about.' });
export type Contact = z.output<typeof contact>;
export const contactReply = z.object({ status: ok, contact: contact.describe('The contact as it is now.') });
export const contactDeletedReply = z.object({
  status: ok,
  contact_id: shownId('contact').describe('What was deleted.'),
});
export const listContactsQuery = listQuery.extend({
  email: plainText(320).optional().describe('With this address, in any case of letters.'),
});
export const listContactsReply = z.object({
  status: ok,
  contacts: z.array(contact).describe('The page.'),
  pagination: pagination.describe('Where the page stands.'),
});

/** Properties merge; a null deletes one. */
export const updateContactBody = z
  .strictObject({
    email: emailAddress.optional().describe('Another address.'),
    properties: jsonObject
      .optional()
      .describe('Properties to change, by name. Null deletes one; what is not named stays.'),
    lifecycle_stage: lifecycleStage.optional().describe('How far they have come. The change is kept.'),
    company_id: givenId('company').nullable().optional().describe('Where they work; null = not known.'),
    unsubscribed: z.boolean().optional().describe('True: nothing is sent to them any more.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateContact',
    description: 'What to change about a contact.',
    examples: [{ properties: { first_name: 'Grace', title: null } }],
  });
export type UpdateContactBody = z.output<typeof updateContactBody>;

/** A change of a contact's stage: over the API, or by the action that it names. */
export const lifecycleChange = z
  .object({
    from: lifecycleStage.nullable().describe('The stage before; null = none.'),
    to: lifecycleStage.describe('The stage after.'),
    action_id: shownId('action').nullable().describe('The action that changed it; null = the API did.'),
    actor: actor.describe('Who did it.'),
    at: shownTime.describe('When.'),
  })
  .meta({ id: 'LifecycleChange', description: 'A change of a contact’s stage.' });
export type LifecycleChange = z.output<typeof lifecycleChange>;
export const listLifecycleReply = z.object({
  status: ok,
  lifecycle_changes: z.array(lifecycleChange).describe('The page.'),
  pagination: pagination.describe('Where the page stands.'),
});

export const createNoteBody = z
  .strictObject({ content: plainText(65_536).min(1).describe('What it says.') })
  .meta({ id: 'CreateNote', description: 'A new note.', examples: [{ content: 'Called, will call back on Monday.' }] });
export const note = z
  .object({
    note_id: shownId('note').describe('Names the note.'),
    content: z.string().describe('What it says.'),
    contact_id: shownId('contact').nullable().describe('The contact that it is on; null = on a company.'),
    company_id: shownId('company').nullable().describe('The company that it is on; null = on a contact.'),
    action_id: shownId('action').nullable().describe('The action that wrote it; null = the API did.'),
    created_by: actor.describe('Who wrote it.'),
    created_at: shownTime.describe('When it was written.'),
  })
  .meta({ id: 'Note', description: 'A note on a contact or a company.' });
export type Note = z.output<typeof note>;
export const noteReply = z.object({ status: ok, note: note.describe('The note as it was written.') });
export const listNotesReply = z.object({
  status: ok,
  notes: z.array(note).describe('The page.'),
  pagination: pagination.describe('Where the page stands.'),
});

export const emailThread = z
  .object({
    thread_id: shownId('thread').describe('Names the conversation.'),
    subject: z.string().describe('Its subject.'),
    last_message_id: z.string().describe('The Message-ID of its newest message.'),
    message_count: z.int().describe('How many messages it has.'),
    updated_at: shownTime.describe('When the newest was sent or received.'),
  })
  .meta({ id: 'EmailThread', description: 'A conversation with a contact.' });
export type EmailThread = z.output<typeof emailThread>;
export const listThreadsReply = z.object({
  status: ok,
  email_threads: z.array(emailThread).describe('The page.'),
  pagination: pagination.describe('Where the page stands.'),
});

export const IDENTITY_STATUSES = ['active', 'disabled', 'failing'] as const;
const identityStatus = z.enum(IDENTITY_STATUSES).meta({
  id: 'IdentityStatus',
  description: 'Whether actions go through an identity. Of a failing one they wait, and are tried now and then.',
});
/** `per_second` may be a fraction: 0.1 is one every ten seconds. Null lifts the provider's own bound. */
export const pacing = z
  .strictObject({
    per_second: z
      .number()
      .min(0.001)
      .max(1_000)
      .nullable()
      .optional()
      .describe('At most so many starts a second; 0.1 is one every ten seconds. Null lifts the provider’s own bound.'),
    per_hour: z.int().min(1).max(100_000).nullable().optional().describe('At most so many starts in any hour.'),
    per_day: z.int().min(1).max(100_000).nullable().optional().describe('At most so many starts in any day.'),
    per_week: z.int().min(1).max(100_000).nullable().optional().describe('At most so many starts in any week.'),
  })
  .meta({ id: 'Pacing', description: 'How many actions may start through an identity.' });
export type IdentityPacing = z.output<typeof pacing>;
export const createIdentityBody = strictFields({
  provider: provider.describe('What kind of account it is.'),
  name: plainText(255).min(1).describe('For people; it is shown on cards.'),
  config: jsonObject.default({}).describe('Settings of the provider. They are shown, and part of what is approved.'),
  credentials: jsonObject.optional().describe('Secrets of the provider. They are sealed, and never shown.'),
  pacing: pacing.nullable().optional().describe('Bounds in place of the provider’s own.'),
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
export type CreateIdentityBody = z.output<typeof createIdentityBody>;
export const updateIdentityBody = z
  .strictObject({
    name: plainText(255).min(1).optional().describe('For people; it is shown on cards.'),
    config: jsonObject.optional().describe('All settings anew. What was approved with others goes back to a person.'),
    credentials: jsonObject.nullable().optional().describe('Other secrets; null removes them.'),
    pacing: pacing.nullable().optional().describe('Bounds in place of the provider’s own; null = the provider’s.'),
    status: z.enum(['active', 'disabled']).optional().describe('`disabled` holds its actions back.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateIdentity',
    description: 'What to change about an identity.',
    examples: [{ name: 'Sales, Europe' }],
  });
export type UpdateIdentityBody = z.output<typeof updateIdentityBody>;
export const identity = z
  .object({
    identity_id: shownId('identity').describe('Names the identity.'),
    provider: provider.describe('What kind of account it is.'),
    name: z.string().describe('For people.'),
    config: jsonObject.describe('Settings of the provider.'),
    has_credentials: z.boolean().describe('Whether secrets are kept for it.'),
    status: identityStatus.describe('Whether actions may go through it.'),
    pacing: pacing.nullable().describe('Bounds in place of the provider’s own; null = the provider’s.'),
    verified_at: shownTime.nullable().describe('When it was last verified; null = never.'),
    account: z.string().nullable().describe('Who answered the last verification that succeeded; null = none did.'),
    failing: z
      .object({
        since: shownTime.describe('Since when.'),
        message: z.string().describe('What the far side said.'),
      })
      .nullable()
      .describe('Since when it does not work, and why; null = it is not failing.'),
    created_at: shownTime.describe('When it was added.'),
    updated_at: shownTime.describe('When it last changed.'),
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
      account: z.string().describe('Who it is there.'),
    }),
    z.object({
      ok: z.literal(false).describe('It did not work.'),
      message: z.string().describe('Why not.'),
    }),
  ])
  .meta({ id: 'Verification', description: 'What came of trying an identity.' });
export type Verification = z.output<typeof verification>;
export const verifyIdentityReply = z.object({
  status: ok,
  verification: verification.describe('What the far side said.'),
  identity: identity.describe('The identity as it is now.'),
});
export const identityDeletedReply = z.object({
  status: ok,
  identity_id: shownId('identity').describe('What was deleted.'),
});
export const listIdentitiesReply = z.object({
  status: ok,
  identities: z.array(identity).describe('The page.'),
  pagination: pagination.describe('Where the page stands.'),
});

/** Names what to hold back; nothing = the whole workspace. `everything` = the instance, for operators. */
export const pauseBody = strictFields({
  agent_id: shownId('agent').min(1).max(64).optional().describe('What this agent proposed.'),
  type: plainText(64).min(1).optional().describe('This type of action.'),
  everything: z.literal(true).optional().describe('Everything in every workspace: for operators.'),
})
  .refine((body) => Object.keys(body).length <= 1, 'names more than one thing')
  .meta({
    id: 'Pause',
    description: 'What to hold back or let go: one agent, one type, everything, or with no field the whole workspace.',
    examples: [{ type: 'email_message' }],
  });
export type PauseBody = z.output<typeof pauseBody>;
export const pausesReply = z.object({
  status: ok,
  paused: z
    .array(
      z.object({
        scope: z.enum(['everything', 'workspace', 'agent', 'type']).describe('How far it reaches.'),
        agent_id: shownId('agent').nullable().describe('The agent that is held back; null = not one alone.'),
        type: z.string().nullable().describe('The type that is held back; null = not one alone.'),
        since: shownTime.describe('Since when.'),
        by: actor.describe('Who held it back.'),
      }),
    )
    .describe('What is held back.'),
});
