import type { Role, Workspace } from '@proviso/contracts';
import type { members, workspaces } from '../../generated/client.ts';

export const WITH_WORKSPACE = { workspace: true } as const;

/** A workspace as one of its members sees it. */
export const presentWorkspace = ({ workspace, role }: members & { workspace: workspaces }): Workspace => ({
  workspace_id: workspace.id,
  name: workspace.name,
  role: role as Role,
  created_at: workspace.created_at.toISOString(),
});
