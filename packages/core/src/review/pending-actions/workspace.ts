import type { Caller, Services } from '../../access/context.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';

/** Actions that have ever waited for a person; this dialect has no others. */
const ASKED = { asked_at: { not: null } } as const;

/** The workspace of an action, whoever asks. Throws NOT_FOUND if there is no such action, or if it never waited. */
export async function workspaceOfAction({ db }: Pick<Services, 'db'>, id: string): Promise<string> {
  const where = { id: parseId('action', id) ?? '', ...ASKED };
  const row = where.id && (await db.tables.actions.findFirst({ where, select: { workspace_id: true } }));
  if (!row) throw notFound('pending action');
  return row.workspace_id;
}

/** {missionId}:{toolName}, with the mission's UUID in lower case. */
export const parseBatchId = (text: string): string => text.replace(/^[^:]*/, (mission) => mission.toLowerCase());

/**
 * The workspace of a batch: the caller's own that has it, else another's. Throws NOT_FOUND if none has it, and
 * INVARIANT_VIOLATION if several of the caller's have it.
 */
export async function workspaceOfBatch(
  { db }: Pick<Services, 'db'>,
  callers: readonly Caller[],
  batchId: string,
): Promise<string> {
  if (batchId.includes('\u0000')) throw notFound('batch'); // no text that PostgreSQL can be asked for
  const batch = { batch_id: parseBatchId(batchId), ...ASKED };
  const { actions } = db.tables;
  const own = callers.map(({ workspaceId }) => workspaceId);
  const found = await actions.groupBy({ by: ['workspace_id'], where: { ...batch, workspace_id: { in: own } } });
  if (found.length > 1) throw new AppError('INVARIANT_VIOLATION', 'The batch is in more than one workspace.');
  const row = found[0] ?? (await actions.findFirst({ where: batch, select: { workspace_id: true } }));
  if (!row) throw notFound('batch');
  return row.workspace_id;
}
