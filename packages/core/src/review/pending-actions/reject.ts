import { noBody } from '@proviso/contracts';
import { loadAndDecide } from '../decide.ts';
import type { ActionRow } from '../../action/row.ts';
import { authorizeDecision, type Context } from '../../access/context.ts';
import { findPendingAction } from './get.ts';

/** Rejects a pending action: it never runs, and the row stays. */
export async function rejectPendingAction(ctx: Context, id: string, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx);
  noBody.parse(input);
  return loadAndDecide(ctx, { action: 'reject' }, () => findPendingAction(ctx, id));
}
