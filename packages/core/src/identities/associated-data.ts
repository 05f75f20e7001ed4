/** Binds the sealed secrets to their identity: moved to another row, they do not open. */
export const credentialsAad = (identityId: string): string => `identities.credentials:${identityId}`;
