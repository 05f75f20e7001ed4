import { formatId, logLimited, type Services } from '@proviso/core';

interface SignIn {
  userId: string;
  method: 'password' | 'link' | 'openid' | 'invitation';
  /** Behind a proxy, the proxy's. */
  address: string | null;
}

/** Logs who signed in, and how. A refused sign-in is told by the refusal log. Held by logs.test.ts. */
export function logSignIn({ log }: Pick<Services, 'log'>, { userId, method, address }: SignIn): void {
  logLimited(log, { user: formatId('user', userId), method, address }, 'a person signed in');
}
