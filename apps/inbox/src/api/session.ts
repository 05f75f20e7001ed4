import type { Me } from '@proviso/contracts';
import { request } from './client.ts';

export const readSession = async (): Promise<Me> => (await request<{ me: Me }>('/v1/me')).me;

export const signIn = (email: string, password: string): Promise<unknown> =>
  request('/api/auth/sign-in/email', { method: 'POST', body: { email, password } });

interface SignInProvider {
  name: string;
  path: string;
}

/** Where else one can sign in. */
export const listProviders = async (): Promise<SignInProvider[]> =>
  (await request<{ providers: SignInProvider[] }>('/api/auth/providers')).providers;

export const signOut = (): Promise<unknown> => request('/api/auth/sign-out', { method: 'POST', body: {} });

/** Takes the token of a printed link, which works once. */
export const signInByLink = (token: string): Promise<unknown> =>
  request('/v1/sessions/link', { method: 'POST', body: { token } });

/** Joins a workspace as a new person, who is signed in by the answer. */
export const join = (secret: string, name: string, password: string): Promise<unknown> =>
  request('/v1/invitations/accept', { method: 'POST', body: { secret, name, password } });
