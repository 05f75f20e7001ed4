import type { Queryable } from '../platform/db.ts';
import { lookUp } from '../platform/statement.ts';
import type { tools } from '../generated/client.ts';

const FIND = lookUp<{ workspace: string; name: string }, tools>(
  'tool_find',
  { workspace: 'uuid', name: 'text' },
  `
    select t.* from tools t
    where t.workspace_id = :workspace::uuid and t.name = :name::text and t.deleted_at is null`,
);

/** The tool with that name in the workspace; null = there is none. */
export async function findTool(db: Queryable, workspace: string, name: string): Promise<tools | null> {
  const [tool] = await db.query(FIND, { workspace, name });
  return tool ?? null;
}
