import { z } from 'zod';
import { actor, KEY_KINDS, ROLES, SCOPES } from './access.ts';
import { plainText } from './json.ts';
import { instant } from './time.ts';
import { pageShown } from './records.ts';

const ok = z.literal('success');
const id = z.string().min(1).max(64);
const name = plainText(255).min(1);

/**
 * `personal`: your own, good in each of your workspaces; made with a personal credential only. `workspace`: the workspace's,
 * for a program. `agent`: speaks for an agent, and never decides. A credential makes none that may do more than itself.
 */
export const createKeyBody = z
  .strictObject({
    name,
    kind: z
      .enum(KEY_KINDS)
      .optional()
      .meta({ description: '`agent` with an agent_id, else `workspace`, unless given.' }),
    /** Of a workspace or agent key. At most yours, and never owner: ownership belongs to people. */
    role: z
      .enum(['admin', 'reviewer', 'viewer'])
      .optional()
      .meta({ description: 'As much as you may give, unless given.' }),
    scopes: z
      .array(z.enum(SCOPES))
      .max(SCOPES.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice'),
    decides: z
      .boolean()
      .optional()
      .meta({ description: 'Of a workspace key: it may approve and reject, in its own name. False unless given.' }),
    agent_id: id.optional(),
    expires_at: instant
      .optional()
      .meta({ description: 'At most the expiry of the credential that makes it, which is the default.' }),
  })
  .meta({
    id: 'CreateApiKey',
    examples: [
      { name: 'Outreach', scopes: ['actions:read', 'actions:write'], agent_id: 'agt_01h455vb4pex5vsknk084sn02q' },
    ],
  });
export type CreateKeyBody = z.output<typeof createKeyBody>;

/** A key without its token: `lookup` is the readable part of it. */
export const accessKey = z
  .object({
    key_id: z.string(),
    kind: z.enum(KEY_KINDS),
    name: z.string(),
    lookup: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    /** Null = personal: each of the person's workspaces. */
    workspace_id: z.string().nullable(),
    /** Of a personal credential: the workspace that is meant where a request names none. */
    home_workspace_id: z.string().nullable(),
    /** Whose personal credential it is. */
    user_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    role: z.enum(ROLES).nullable(),
    decides: z.boolean(),
    created_by: actor,
    /** The credential that it was made with. */
    made_by_key_id: z.string().nullable(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'ApiKey' });
export type AccessKey = z.output<typeof accessKey>;
/** The token is in the first reply only, and nowhere else: null in the replay of an Idempotency-Key. */
export const createdKeyReply = z.object({ status: ok, token: z.string().nullable(), api_key: accessKey });
/** What a key made is revoked with it. What a personal credential made is the workspaces', and stays unless it is asked for. */
export const revokeKeyBody = z
  .strictObject({ including_made: z.boolean().default(false) })
  .meta({ id: 'RevokeApiKey', examples: [{ including_made: true }] });
/** `also_revoked`: keys that were made with it; `revoked_invitations`: those that were made with any of these, and were open. */
export const revokedKeyReply = z.object({
  status: ok,
  api_key: accessKey,
  also_revoked: z.array(z.string()),
  revoked_invitations: z.array(z.string()),
});
export const listKeysReply = z.object({ status: ok, api_keys: z.array(accessKey), pagination: pageShown });

/** Valid for 7 days unless given, and for 30 at most; never longer than the credential that makes it. */
export const createInvitationBody = z
  .strictObject({ email: z.email().max(320), role: z.enum(ROLES), expires_at: instant.optional() })
  .meta({ id: 'CreateInvitation', examples: [{ email: 'linus@example.com', role: 'reviewer' }] });
export const invitation = z
  .object({
    invitation_id: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    /** The readable part of the secret. */
    lookup: z.string(),
    status: z.enum(['open', 'accepted', 'revoked', 'expired']),
    created_by: actor,
    expires_at: z.string(),
    accepted_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.output<typeof invitation>;
/** The secret is in the first reply only, and nowhere else: null in the replay of an Idempotency-Key. */
export const createdInvitationReply = z.object({ status: ok, secret: z.string().nullable(), invitation });
export const invitationReply = z.object({ status: ok, invitation });
export const listInvitationsReply = z.object({
  status: ok,
  invitations: z.array(invitation),
  pagination: pageShown,
});
/** `name`: of a person who has no credential yet. */
export const acceptInvitationBody = z
  .strictObject({ secret: z.string().max(255), name: name.optional() })
  .meta({ id: 'AcceptInvitation', examples: [{ secret: 'pvi_2xkq8W3n_…', name: 'Linus' }] });

/** Their keys in the workspace are revoked with them, unless you keep them: then you answer for them. */
export const removeMemberBody = z
  .strictObject({ keep_keys: z.boolean().default(false) })
  .meta({ id: 'RemoveMember', examples: [{ keep_keys: true }] });
export const updateMemberBody = z
  .strictObject({ role: z.enum(ROLES) })
  .meta({ id: 'UpdateMember', examples: [{ role: 'admin' }] });
export const member = z
  .object({
    user_id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    created_at: z.string(),
  })
  .meta({ id: 'Member' });
export type Member = z.output<typeof member>;
export const memberReply = z.object({ status: ok, member });
export const removedMemberReply = z.object({
  status: ok,
  member,
  revoked_keys: z.array(z.string()),
  kept_keys: z.array(z.string()),
});
export const listMembersReply = z.object({ status: ok, members: z.array(member), pagination: pageShown });

export const createWorkspaceBody = z
  .strictObject({ name })
  .meta({ id: 'CreateWorkspace', examples: [{ name: 'Europe' }] });
/** `role` is the caller's. */
export const workspace = z
  .object({ workspace_id: z.string(), name: z.string(), role: z.enum(ROLES), created_at: z.string() })
  .meta({ id: 'Workspace' });
export type Workspace = z.output<typeof workspace>;
/** `token` and `api_key`: the first personal credential of a person who had none, shown this once; else null. */
export const acceptedInvitationReply = z.object({
  status: ok,
  workspace,
  member,
  token: z.string().nullable(),
  api_key: accessKey.nullable(),
});
export const workspaceReply = z.object({ status: ok, workspace });
export const listWorkspacesReply = z.object({ status: ok, workspaces: z.array(workspace), pagination: pageShown });
