import { rejectActionBody } from '@proviso/contracts';
import type { ActionRow } from '../../action/row.ts';
import { authorizeDecision, type Context } from '../../access/context.ts';
import { decideRunAction, type RunAddress } from './decide.ts';

/** Decides with action reject. */
export async function rejectRunAction(ctx: Context, address: RunAddress, input: unknown): Promise<ActionRow> {
  authorizeDecision(ctx, 'agents:approve');
  return decideRunAction(ctx, address, { ...rejectActionBody.parse(input), action: 'reject' });
}
