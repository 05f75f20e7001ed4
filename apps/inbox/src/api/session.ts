import type { Role, Scope } from '@proviso/contracts';
import { request } from './client.ts';

/** Who is signed in. */
export interface Session {
  name: string;
  userId: string;
  role: Role;
  scopes: Scope[];
  decides: boolean;
}

interface AuthStatus {
  role: Role;
  scopes: Scope[];
  decides: boolean;
  user: { user_id: string; email: string; name: string } | null;
}

export async function readSession(): Promise<Session> {
  const { user, role, scopes, decides } = await request<AuthStatus>('/v1/auth/status');
  return { name: user?.name ?? user?.email ?? '', userId: user?.user_id ?? '', role, scopes, decides };
}

export const signIn = (email: string, password: string): Promise<unknown> =>
  request('/api/auth/sign-in/email', { method: 'POST', body: { email, password } });

export const signOut = (): Promise<unknown> => request('/api/auth/sign-out', { method: 'POST', body: {} });

/** Takes a printed link or an invitation: it works once. */
export const signInByLink = (token: string): Promise<unknown> =>
  request('/v1/sessions/link', { method: 'POST', body: { token } });
