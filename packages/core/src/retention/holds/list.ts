import { listLegalHoldsQuery, type LegalHold } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../../access/context.ts';
import type { legal_holds } from '../../generated/client.ts';
import { sql } from '../../platform/db.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../../platform/page.ts';
import { presentLegalHold } from './present.ts';

/** Lists the holds of the workspace, newest first, with those that were released. */
export async function listLegalHolds(ctx: Context, input: unknown): Promise<Page<LegalHold>> {
  authorizeConfiguration(ctx, 'workspace:admin');
  return readTablePage<legal_holds, LegalHold>(ctx.db, listLegalHoldsQuery.parse(input), {
    from: 'legal_holds',
    where: sql`workspace_id = ${ctx.caller.workspaceId}::uuid`,
    order: NEWEST_FIRST,
    times: ['created_at', 'released_at'],
    present: presentLegalHold,
  });
}
