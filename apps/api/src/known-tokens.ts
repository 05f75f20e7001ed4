import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const TOKENS_MAX = 10_000;

/**
 * Remembers the workspace or person that a token or board session last acted for. Its next request queues with theirs,
 * not with strangers'. It does not say whether the token is still valid.
 */
export interface KnownTokens {
  tenantOf(token: string | undefined): string | undefined;
  remember(token: string | undefined, tenant: string): void;
  forget(token: string | undefined): void;
}

export function createKnownTokens(): KnownTokens {
  const tenants = new LRUCache<string, string>({ max: TOKENS_MAX });
  const keyOf = (token = ''): string => hash('sha256', token, 'base64');
  return {
    tenantOf: (token) => tenants.get(keyOf(token)),
    remember: (token, tenant) => void tenants.set(keyOf(token), tenant),
    forget: (token) => void tenants.delete(keyOf(token)),
  };
}
