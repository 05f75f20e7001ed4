import { getActionInWorkspace } from '../get.ts';
import type { ActionRow } from '../../action/row.ts';
import { authorize, type Context } from '../../access/context.ts';
import { notFound } from '../../platform/errors.ts';

export async function getPendingAction(ctx: Context, id: string): Promise<ActionRow> {
  authorize(ctx, 'actions:read');
  return findPendingAction(ctx, id);
}

/** The action with that id in the caller's workspace, if it has ever waited for a person. Throws NOT_FOUND. */
export async function findPendingAction(ctx: Context, id: string): Promise<ActionRow> {
  const action = await getActionInWorkspace(ctx, id);
  if (!action.asked_at) throw notFound('pending action');
  return action;
}
