import { approvePendingActionBody } from '@proviso/contracts';
import { decideFound } from '../actions/decide.ts';
import type { ActionRow } from '../actions/row.ts';
import { authorizeDecision, type Context } from '../context.ts';
import { findPendingAction } from './get.ts';
import { namingFields } from './name-fields.ts';
import { refuseReserved } from '../tools/reserved-fields.ts';

/** Approves a pending action, with `userEdits` merged over its toolInput. The loser of a race gets INVALID_STATE. */
export async function approvePendingAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx);
  const { userEdits: edits, paramsHash: params_hash, comment } = approvePendingActionBody.parse(input);
  refuseReserved(edits);
  const decision = { action: edits ? 'edit' : 'approve', edits, params_hash, comment };
  return namingFields('userEdits', () => decideFound(ctx, decision, () => findPendingAction(ctx, id)));
}
