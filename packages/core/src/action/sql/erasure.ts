// Finds the actions that name a person, a page at a time, oldest first. Held by apps/api/test/retention.test.ts.
import { TERMINAL, type JsonObject } from '@proviso/contracts';
import { statement } from '../../platform/statement.ts';
import { sqlList } from './fragments.ts';
import { IS_HELD } from './retention.ts';

/** Actions that one statement looks at. */
export const ERASURE_PAGE = 200;

interface PageParams {
  workspace: string;
  contact: string | null;
  /** A regular expression of the address; see addressPattern. */
  pattern: string;
  /** The place after which the page begins. */
  time: string;
  id: string;
}

export interface ErasureRow {
  id: string;
  created_at: string;
  /** The row without its preview and result, if it names the person; null = it does not, or is redacted. */
  action: JsonObject | null;
  identity_version: number | null;
  /** A legal hold covers it. */
  held: boolean;
  ended: boolean;
}

const CONTENT = [
  'params',
  'resolved',
  'original_params',
  'user_edits',
  'preview',
  'agent_preview',
  'result',
  'error',
  'metadata',
  'approval',
]
  .map((column) => `a.${column}::text`)
  .join(', ');

const NAMES_PERSON = `(a.contact_id = :contact::uuid or a.run_contact_id = :contact::uuid
          or concat_ws(' ', ${CONTENT}, a.description) ~* :pattern
          or exists (select from action_events e where e.action_id = a.id and e.data::text ~* :pattern))`;

/** A page of the workspace's actions, with the rows of those that name the person. */
export const FIND_NAMING = statement<PageParams, ErasureRow>(
  'erasure_find_naming',
  `
    with page as materialized (
      select a.id, a.created_at from actions a
      where a.workspace_id = :workspace::uuid and (a.created_at, a.id) > (:time::timestamptz, :id::uuid)
      order by a.created_at, a.id limit ${ERASURE_PAGE}
    )
    select page.id, page.created_at::text,
      case when named.id is not null then to_jsonb(named) - '{preview,agent_preview,result}'::text[] end as action,
      i.config_version as identity_version, coalesce(named.status in (${sqlList(TERMINAL)}), false) as ended,
      coalesce(exists (select from actions a where a.id = named.id and ${IS_HELD}), false) as held
    from page
    left join lateral (
      select a.* from actions a where a.id = page.id and a.redaction is null and ${NAMES_PERSON}
    ) named on true
    left join identities i on i.id = named.identity_id
    order by page.created_at, page.id`,
);

/** Whether a legal hold covers the workspace, or an action of the contact. */
export const IS_ERASURE_HELD = statement<{ workspace: string; contact: string | null }, { held: boolean }>(
  'erasure_is_held',
  `
    select exists (
        select from legal_holds h where h.workspace_id = :workspace::uuid and h.released_at is null
          and coalesce(h.action_id, h.run_id, h.mission_id) is null
      ) or exists (
        select from actions a
        where a.workspace_id = :workspace::uuid and a.contact_id = :contact::uuid and ${IS_HELD}
      ) as held`,
);
