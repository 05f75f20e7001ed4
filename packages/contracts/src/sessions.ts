import { z } from 'zod';
import { member, workspace } from './api-keys.ts';
import { roleName, scopeName } from './access.ts';
import { emailAddress } from './addresses.ts';
import { ok } from './fields.ts';
import { prefixedId } from './ids.ts';
import { paginationReply } from './records.ts';
import { utcTimestamp } from './time.ts';

/** Long enough to need no rules on characters. The same as in AcceptInvitation. */
const password = z.string().min(12).max(128);

export const session = z
  .object({
    session_id: prefixedId('session').describe('Its id.'),
    current: z.boolean().describe('Whether this request came with it.'),
    ip_address: z.string().nullable().describe('Where the sign-in came from; null = not known.'),
    user_agent: z.string().nullable().describe('What the browser calls itself; null = it does not say.'),
    created_at: utcTimestamp.describe('When the sign-in was.'),
    expires_at: utcTimestamp.describe('When it ends, unless it is revoked before.'),
  })
  .meta({ id: 'Session', description: 'A browser in which a person is signed in.' });
export type Session = z.output<typeof session>;
export const listSessionsReply = z.object({
  status: ok,
  sessions: z.array(session).describe('The page.'),
  pagination: paginationReply.describe('The position of the page.'),
});
export const sessionReply = z.object({ status: ok, session: session.describe('The session that ended.') });

export const useSignInLinkBody = z
  .strictObject({ token: z.string().max(255).describe('What follows `#token=` in the link.') })
  .meta({
    id: 'UseSignInLink',
    description: 'The token of a sign-in link.',
    examples: [{ token: 'N2k1c8mUBmVq0yK4pYbq2cZ8Zx1y7u3o9s5d6f7g8h9' }],
  });
export const signedInReply = z.object({ status: ok });

export const setPasswordBody = z
  .strictObject({
    password: password.describe('The new password.'),
    current_password: z.string().max(255).optional().describe('Required once there is a password.'),
    email: emailAddress.optional().describe('The address that you sign in with from now on; by default your own.'),
  })
  .meta({
    id: 'SetPassword',
    description: 'A password to sign in with.',
    examples: [{ email: 'ada@example.com', password: 'correct horse battery staple' }],
  });

export const me = z
  .object({
    user_id: member.shape.user_id,
    name: member.shape.name,
    email: member.shape.email,
    sign_in_email: z.string().nullable().describe('What you sign in with; null = you have no password yet.'),
    workspace: workspace.describe('The workspace that the request means, and your role in it.'),
    role: roleName.describe('What you may do in this workspace.'),
    scopes: z.array(scopeName).describe('The scopes that apply in this workspace.'),
    decides: z.boolean().describe('Whether you may approve and reject.'),
    session_id: prefixedId('session').nullable().describe('The session of this request; null = an API key.'),
  })
  .meta({ id: 'Me', description: 'Who you are, and what you may do.' });
export type Me = z.output<typeof me>;
export const meReply = z.object({ status: ok, me: me.describe('Who you are.') });
