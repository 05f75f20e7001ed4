/** Where a tool's signing secret is kept, as its seal's associated data: moved elsewhere, it does not open. */
export const toolSecretAad = (workspaceId: string, name: string): string => `tools.secret:${workspaceId}/${name}`;
