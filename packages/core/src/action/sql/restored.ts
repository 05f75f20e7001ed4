// What a restored database has as due or running. It may have run after the backup, in the history that was lost.
import type { JsonObject } from '@proviso/contracts';
import { statement } from '../../platform/statement.ts';
import { IS_CLEARED } from './fragments.ts';

/** Nobody has created, decided or released it since dispatch is held: whoever did knew of the restore. */
const IS_UNTOUCHED = `not exists (
      select from action_events e
      where e.action_id = a.id and e.at >= (select held_since from database_epoch)
        and e.event in ('action.created', 'action.approved', 'action.released', 'action.updated'))`;
/** A retry whose effect may have started is repeated only where that is safe, so it is not in question. */
const WOULD_RUN = `(a.status = 'running' or (a.${IS_CLEARED} and a.due_at <= clock_timestamp() and a.effect_started_at is null))`;

export const LIST_RESTORED = statement<
  { limit: number },
  { action: JsonObject; workspace: string; identity: string | null; total: number }
>(
  'action_list_restored',
  `
    select to_jsonb(a) as action, w.name as workspace, i.name as identity, count(*) over ()::int as total
    from actions a join workspaces w on w.id = a.workspace_id left join identities i on i.id = a.identity_id
    where ${WOULD_RUN} and ${IS_UNTOUCHED}
    order by a.due_at, a.id limit :limit::int`,
);

/** The next of them, and of what waited for a decision: that may have been approved since, and have run. */
export const NEXT_RESTORED = statement<{ after: string; limit: number }, { action: JsonObject }>(
  'action_next_restored',
  `
    select to_jsonb(a) as action from actions a
    where a.id > :after::uuid and (${WOULD_RUN} or a.status = 'pending_approval') and ${IS_UNTOUCHED}
    order by a.id limit :limit::int`,
);
