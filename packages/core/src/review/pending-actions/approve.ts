import type { DecideActionBody } from '@proviso/contracts';
import { loadAndDecide } from '../decide.ts';
import type { ActionRow } from '../../action/row.ts';
import { authorizeDecision, type Context } from '../../access/context.ts';
import { refuseReserved } from '../../schema/reserved-fields.ts';
import { findPendingAction } from './get.ts';

/** Approves a pending action, with the edits merged over its params. The loser of a race gets INVALID_STATE. */
export async function approvePendingAction(
  ctx: Context,
  id: string,
  approval: Omit<DecideActionBody, 'action'>,
): Promise<ActionRow> {
  authorizeDecision(ctx);
  refuseReserved(approval.edits);
  const decision = { action: approval.edits ? 'edit' : 'approve', ...approval };
  return loadAndDecide(ctx, decision, () => findPendingAction(ctx, id));
}
