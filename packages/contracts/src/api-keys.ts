import { emailAddress } from './addresses.ts';
import { z } from 'zod';
import { ok } from './fields.ts';
import { idOrUuid, prefixedId, bareUuid } from './ids.ts';
import { actor, keyKind, roleName, scopeName, SCOPES } from './access.ts';
import { plainText } from './json.ts';
import { instant, utcTimestamp } from './time.ts';
import { paginationReply } from './records.ts';

const name = plainText(255).min(1);

/**
 * `personal`: your own, valid in each of your workspaces; only a personal credential creates one. `workspace`: for a
 * program. `agent`: acts as an agent, and never decides. No credential can create one that can do more.
 */
export const createKeyBody = z
  .strictObject({
    name: name.describe('A name for people; it appears in logs.'),
    kind: keyKind.optional().describe('By default `agent` with an agent_id, else `workspace`.'),
    role: z
      .enum(['admin', 'reviewer', 'viewer'])
      .optional()
      .describe(
        'For a workspace or agent key: at most your own role, and never owner. By default the highest that you can grant.',
      ),
    scopes: z
      .array(scopeName)
      .max(SCOPES.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'lists a scope twice')
      .describe('What it may do, within the limits of its role.'),
    decides: z
      .boolean()
      .optional()
      .describe('For a workspace key: whether it may approve and reject, in its own name. False by default.'),
    agent_id: idOrUuid('agent').optional().describe('The agent that it acts for. Such a key never decides.'),
    expires_at: instant
      .optional()
      .describe('At most the expiry of the credential that creates it, which is the default; RFC 3339 with an offset.'),
  })
  .meta({
    id: 'CreateApiKey',
    description:
      'A new credential. `personal`: yours, valid in all your workspaces; only a personal credential can create one. `workspace`: for a program. `agent`: acts for an agent, and never decides.',
    examples: [
      { name: 'Outreach', scopes: ['actions:read', 'actions:write'], agent_id: 'agt_01h455vb4pex5vsknk084sn02q' },
    ],
  });
export type CreateKeyBody = z.output<typeof createKeyBody>;

/** A key without its token; `lookup` is the token's readable part. */
export const apiKey = z
  .object({
    key_id: prefixedId('key').describe('Its id.'),
    kind: keyKind.describe('Who it belongs to.'),
    name: z.string().describe('For people.'),
    lookup: z.string().describe('The visible prefix of its token.'),
    scopes: z.array(scopeName).describe('What it may do, within the limits of its role.'),
    workspace_id: bareUuid
      .nullable()
      .describe('The workspace that it is valid in; null = personal, valid in all workspaces of the person.'),
    home_workspace_id: bareUuid
      .nullable()
      .describe('For a personal credential: the workspace of requests that name none.'),
    user_id: prefixedId('user').nullable().describe('The person; null = it is a key.'),
    agent_id: prefixedId('agent').nullable().describe('The agent that it acts for; null = none.'),
    role: roleName.nullable().describe('For a key: its own role; null = personal, where the membership has the role.'),
    decides: z.boolean().describe('Whether it may approve and reject.'),
    created_by: actor.describe('Who created it.'),
    made_by_key_id: prefixedId('key').nullable().describe('The credential that it was created with; null = not known.'),
    expires_at: utcTimestamp.nullable().describe('When it expires; null = never.'),
    revoked_at: utcTimestamp.nullable().describe('When it was revoked; null = it was not.'),
    created_at: utcTimestamp.describe('When it was created.'),
  })
  .meta({ id: 'ApiKey', description: 'A credential without its token.' });
export type ApiKey = z.output<typeof apiKey>;
/** Only the first reply has the token: null in the replay of an Idempotency-Key. */
export const createdKeyReply = z.object({
  status: ok,
  token: z.string().nullable().describe('Only in the first reply: null in the replay of an Idempotency-Key.'),
  api_key: apiKey.describe('The credential without its token.'),
});
/**
 * What a key created is revoked with it. What a personal credential created belongs to the workspaces, and stays by
 * default.
 */
export const revokeKeyBody = z
  .strictObject({
    including_made: z
      .boolean()
      .default(false)
      .describe(
        'For a personal credential: also revoke the keys, credentials and open invitations that were created with it.',
      ),
  })
  .meta({ id: 'RevokeApiKey', description: 'What to revoke.', examples: [{ including_made: true }] });
/** `also_revoked`: keys that it created. `revoked_invitations`: open invitations that any of these created. */
export const revokedKeyReply = z.object({
  status: ok,
  api_key: apiKey.describe('The credential as it is now.'),
  also_revoked: z
    .array(z.string())
    .describe('The ids of the credentials that were created with it and revoked with it.'),
  revoked_invitations: z.array(z.string()).describe('The ids of the open invitations that were revoked with them.'),
});
export const listKeysReply = z.object({
  status: ok,
  api_keys: z.array(apiKey).describe('The page.'),
  pagination: paginationReply.describe('The position of the page.'),
});

/** Valid for 7 days by default, at most 30, and never longer than the credential that creates it. */
export const createInvitationBody = z
  .strictObject({
    email: emailAddress.describe('Whom to invite.'),
    role: roleName.describe('Their role once they have joined. You need every scope of it.'),
    expires_at: instant
      .optional()
      .describe(
        'By default in 7 days, at most in 30, and no later than your credential expires; RFC 3339 with an offset.',
      ),
  })
  .meta({
    id: 'CreateInvitation',
    description: 'Whom to invite, and in which role.',
    examples: [{ email: 'linus@example.com', role: 'reviewer' }],
  });
export const invitation = z
  .object({
    invitation_id: prefixedId('invitation').describe('Its id.'),
    email: z.string().describe('Who is invited.'),
    role: roleName.describe('Their role once they have joined.'),
    lookup: z.string().describe('The visible prefix of the secret.'),
    status: z.enum(['open', 'accepted', 'revoked', 'expired']).describe('Its status.'),
    created_by: actor.describe('Who invited.'),
    expires_at: utcTimestamp.describe('When it expires.'),
    accepted_at: utcTimestamp.nullable().describe('When it was accepted; null = it was not.'),
    created_at: utcTimestamp.describe('When it was created.'),
  })
  .meta({ id: 'Invitation', description: 'An invitation without its secret.' });
export type Invitation = z.output<typeof invitation>;
/** Only the first reply has the secret: null in the replay of an Idempotency-Key. */
export const createdInvitationReply = z.object({
  status: ok,
  secret: z
    .string()
    .nullable()
    .describe(
      'What the invited person sends to join. Only in the first reply: null in the replay of an Idempotency-Key.',
    ),
  invitation: invitation.describe('The invitation without its secret.'),
});
export const invitationReply = z.object({
  status: ok,
  invitation: invitation.describe('The invitation as it is now.'),
});
export const listInvitationsReply = z.object({
  status: ok,
  invitations: z.array(invitation).describe('The page.'),
  pagination: paginationReply.describe('The position of the page.'),
});
/** `name` is for a person who has no credential yet. */
export const acceptInvitationBody = z
  .strictObject({
    secret: z.string().max(255).describe('The secret from the invitation’s reply.'),
    name: name.optional().describe('The name of a person who has no credential yet.'),
    password: z
      .string()
      .min(12)
      .max(128)
      .optional()
      .describe('The password of such a person, who signs in with the invited address. Replaces the first credential.'),
  })
  .meta({
    id: 'AcceptInvitation',
    description: 'The secret of an invitation.',
    examples: [{ secret: 'pvi_2xkq8W3n_…', name: 'Linus' }],
  });

/** Their keys in the workspace are revoked, unless you keep them: then they become yours. */
export const removeMemberBody = z
  .strictObject({
    keep_keys: z
      .boolean()
      .default(false)
      .describe('Keep the keys that they created in the workspace: they become yours.'),
  })
  .meta({
    id: 'RemoveMember',
    description: 'What happens to the keys that they created.',
    examples: [{ keep_keys: true }],
  });
export const updateMemberBody = z
  .strictObject({ role: roleName.describe('The new role. You need every scope of it.') })
  .meta({ id: 'UpdateMember', description: 'A member’s role.', examples: [{ role: 'admin' }] });
export const member = z
  .object({
    user_id: prefixedId('user').describe('Their id.'),
    email: z.string().describe('Their address.'),
    name: z.string().describe('Their name.'),
    role: roleName.describe('Their role in this workspace.'),
    created_at: utcTimestamp.describe('When they joined.'),
  })
  .meta({ id: 'Member', description: 'A person in a workspace.' });
export type Member = z.output<typeof member>;
export const memberReply = z.object({ status: ok, member: member.describe('The member as they are now.') });
export const removedMemberReply = z.object({
  status: ok,
  member: member.describe('Who was removed.'),
  revoked_keys: z.array(z.string()).describe('The ids of the keys that were revoked with the membership.'),
  kept_keys: z.array(z.string()).describe('The ids of the keys that are now yours.'),
});
export const listMembersReply = z.object({
  status: ok,
  members: z.array(member).describe('The page.'),
  pagination: paginationReply.describe('The position of the page.'),
});

export const createWorkspaceBody = z
  .strictObject({ name: name.describe('For people.') })
  .meta({ id: 'CreateWorkspace', description: 'A new workspace.', examples: [{ name: 'Europe' }] });
/** `role` is the caller's. */
export const workspace = z
  .object({
    workspace_id: bareUuid.describe('Its id.'),
    name: z.string().describe('For people.'),
    role: roleName.describe('Your role in it.'),
    created_at: utcTimestamp.describe('When it was created.'),
  })
  .meta({ id: 'Workspace', description: 'A workspace that you have joined.' });
export type Workspace = z.output<typeof workspace>;
/** `token` and `api_key`: the first personal credential of a new person, shown only once; else null. */
export const acceptedInvitationReply = z.object({
  status: ok,
  workspace: workspace.describe('The workspace that you joined.'),
  member: member.describe('Your membership in it.'),
  token: z.string().nullable().describe('The first personal credential of a new person, shown only once; else null.'),
  api_key: apiKey.nullable().describe('The same credential without its token; else null.'),
});
export const workspaceReply = z.object({ status: ok, workspace: workspace.describe('The workspace as it is now.') });
export const listWorkspacesReply = z.object({
  status: ok,
  workspaces: z.array(workspace).describe('The page.'),
  pagination: paginationReply.describe('The position of the page.'),
});
