/** Where an identity's secrets are kept, as their seal's associated data: moved elsewhere, they do not open. */
export const credentialsAad = (identityId: string): string => `identities.credentials:${identityId}`;
