import { createHash } from 'node:crypto';
import { createSizedCache } from '@proviso/core';

const TOKENS_MAX = 10_000;
const TENANT_LENGTH = 36;

/**
 * The workspace or person that a token, or a session of the board, last acted for. Its next request waits in their
 * queue, not in that of strangers. It does not tell whether the token is still valid.
 */
export interface KnownTokens {
  tenantOf(token: string | undefined): string | undefined;
  remember(token: string | undefined, tenant: string): void;
  forget(token: string | undefined): void;
}

export function createKnownTokens(): KnownTokens {
  const tenants = createSizedCache<string>(TOKENS_MAX * TENANT_LENGTH);
  const keyOf = (token = ''): string => createHash('sha256').update(token).digest('base64');
  return {
    tenantOf: (token) => tenants.get(keyOf(token)),
    remember: (token, tenant) => tenants.set(keyOf(token), tenant),
    forget: (token) => tenants.delete(keyOf(token)),
  };
}
