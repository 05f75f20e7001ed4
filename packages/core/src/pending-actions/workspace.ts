import type { Services } from '../context.ts';
import { notFound } from '../errors.ts';
import { readId } from '../ids.ts';

/** Actions that have ever waited for a person; this dialect knows no others. */
export const ASKED = { asked_at: { not: null } } as const;

/** The workspace of an action, whoever asks. Throws NOT_FOUND where there is no such action, or it never waited. */
export async function workspaceOfAction({ db }: Pick<Services, 'db'>, id: string): Promise<string> {
  const where = { id: readId('action', id) ?? '', ...ASKED };
  const row = where.id && (await db.tables.actions.findFirst({ where, select: { workspace_id: true } }));
  if (!row) throw notFound('pending action');
  return row.workspace_id;
}
