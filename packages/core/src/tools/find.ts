import type { Transaction } from '../platform/db.ts';
import type { tools } from '../generated/client.ts';

/** The tool with that name in the workspace; null = there is none. */
export async function findTool(
  { tables }: Pick<Transaction, 'tables'>,
  workspace_id: string,
  name: string,
): Promise<tools | null> {
  const tool = await tables.tools.findUnique({ where: { workspace_id_name: { workspace_id, name } } });
  return tool?.deleted_at === null ? tool : null;
}
