/** Binds a tool's sealed signing secret to its name: moved to another row, it does not open. */
export const toolSecretAad = (workspaceId: string, name: string): string => `tools.secret:${workspaceId}/${name}`;
