import { createHash } from 'node:crypto';
import { createSizedCache } from '@proviso/core';

const TOKENS_MAX = 10_000;
const TENANT_LENGTH = 36;

/**
 * Whom a token, or a session of the board, last spoke for: the workspace or the person. Its next request waits in their
 * line, and not in that of strangers, from its first statement on. It says nothing of whether the token is still good.
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
