import { createHash } from 'node:crypto';
import { createSizedCache } from '@proviso/core';

const TOKENS_MAX = 10_000;
const UUID_LENGTH = 36;

/**
 * The workspace that a token was last good for: its next request waits in the line of that workspace, and not in that of
 * strangers, from its first statement on. It says nothing of whether the token is still good.
 */
export interface KnownTokens {
  workspaceOf(token: string | undefined): string | undefined;
  remember(token: string | undefined, workspaceId: string): void;
  forget(token: string | undefined): void;
}

export function createKnownTokens(): KnownTokens {
  const workspaces = createSizedCache<string>(TOKENS_MAX * UUID_LENGTH);
  const keyOf = (token = ''): string => createHash('sha256').update(token).digest('base64');
  return {
    workspaceOf: (token) => workspaces.get(keyOf(token)),
    remember: (token, workspaceId) => workspaces.set(keyOf(token), workspaceId),
    forget: (token) => workspaces.delete(keyOf(token)),
  };
}
