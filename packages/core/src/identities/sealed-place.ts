/** Where an identity's secrets are kept, as their seal's associated data: moved elsewhere, they do not open. */
export const sealedPlace = (identityId: string): string => `identities.credentials:${identityId}`;
