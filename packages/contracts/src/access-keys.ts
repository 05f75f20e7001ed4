import { z } from 'zod';
import { ROLES, SCOPES } from './access.ts';
import { plainText } from './json.ts';
import { instant } from './time.ts';
import { pageShown } from './records.ts';

const ok = z.literal('success');
const id = z.string().min(1).max(64);
const name = plainText(255).min(1);

/** `user_id`: a member to make the key for; the caller unless given. `personal`: bound to no workspace, the caller's own. */
export const createKeyBody = z
  .strictObject({
    name,
    scopes: z
      .array(z.enum(SCOPES))
      .max(SCOPES.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice'),
    agent_id: id.optional(),
    user_id: id.optional(),
    personal: z.boolean().optional(),
    expires_at: instant.optional(),
  })
  .meta({
    id: 'CreateApiKey',
    examples: [
      { name: 'Outreach', scopes: ['actions:read', 'actions:write'], agent_id: 'agt_01h455vb4pex5vsknk084sn02q' },
    ],
  });
export type CreateKeyBody = z.output<typeof createKeyBody>;

/** A key without its token: `lookup` is the readable part of it. `workspace_id` null = a personal token. */
export const accessKey = z
  .object({
    key_id: z.string(),
    name: z.string(),
    lookup: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    workspace_id: z.string().nullable(),
    user_id: z.string(),
    agent_id: z.string().nullable(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'ApiKey' });
export type AccessKey = z.output<typeof accessKey>;
/** The token is in the first reply only, and nowhere else: null in the replay of an Idempotency-Key. */
export const createdKeyReply = z.object({ status: ok, token: z.string().nullable(), api_key: accessKey });
export const keyReply = z.object({ status: ok, api_key: accessKey });
export const listKeysReply = z.object({ status: ok, api_keys: z.array(accessKey), pagination: pageShown });

export const createMemberBody = z
  .strictObject({ email: z.email().max(320), name, role: z.enum(ROLES) })
  .meta({ id: 'CreateMember', examples: [{ email: 'linus@example.com', name: 'Linus', role: 'reviewer' }] });
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
export const listMembersReply = z.object({ status: ok, members: z.array(member), pagination: pageShown });

export const createWorkspaceBody = z
  .strictObject({ name })
  .meta({ id: 'CreateWorkspace', examples: [{ name: 'Europe' }] });
/** `role` is the caller's. */
export const workspace = z
  .object({ workspace_id: z.string(), name: z.string(), role: z.enum(ROLES), created_at: z.string() })
  .meta({ id: 'Workspace' });
export type Workspace = z.output<typeof workspace>;
export const workspaceReply = z.object({ status: ok, workspace });
export const listWorkspacesReply = z.object({ status: ok, workspaces: z.array(workspace), pagination: pageShown });
