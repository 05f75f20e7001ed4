import { noBody, type LegalHold } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../../access/context.ts';
import type { legal_holds } from '../../generated/client.ts';
import { notFound } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { statement } from '../../platform/statement.ts';
import { presentLegalHold } from './present.ts';

/** The first release counts. */
const RELEASE = statement<{ hold: string; workspace: string; by: string }, legal_holds>(
  'legal_hold_release',
  `
    update legal_holds set released_at = coalesce(released_at, statement_timestamp()),
      released_by = coalesce(released_by, :by::jsonb)
    where id = :hold::uuid and workspace_id = :workspace::uuid returning *`,
);

/** Releases a hold: what it covered is redacted and deleted as the settings say. The hold stays in the list. */
export async function releaseLegalHold(ctx: Context, id: string, input: unknown): Promise<LegalHold> {
  authorizeConfiguration(ctx, 'workspace:admin');
  noBody.parse(input);
  const hold = parseId('hold', id);
  const by = JSON.stringify(ctx.caller.actor);
  const [released] = hold ? await ctx.db.query(RELEASE, { hold, workspace: ctx.caller.workspaceId, by }) : [];
  if (!released) throw notFound('legal hold');
  return presentLegalHold(released);
}
