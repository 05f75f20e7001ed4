import { rejectActionBody } from '@proviso/contracts';
import type { Context } from '../access/context.ts';
import { decideAction } from './decide.ts';
import type { ActionRow } from '../action/row.ts';

/** Decides with action reject. */
export const rejectAction = (ctx: Context, id: string, input: unknown): Promise<ActionRow> =>
  decideAction(ctx, id, { ...rejectActionBody.parse(input), action: 'reject' });
