import type { Api, Reply } from './test-api.ts';

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

export interface Session {
  /** The cookie, as a browser sends it back. */
  headers: { Cookie: string };
  reply: Reply;
}

/** Signs in to the board as its form does. */
export async function signIn(api: Api, key: string, headers: Record<string, string> = {}): Promise<Session> {
  const form = new URLSearchParams({ key }).toString();
  const reply = await api.with().raw('post', '/admin/sign-in', form, { ...FORM, ...headers });
  const [set = ''] = (reply.headers['set-cookie'] ?? []) as string[];
  return { reply, headers: { Cookie: set.split(';')[0] ?? '' } };
}
