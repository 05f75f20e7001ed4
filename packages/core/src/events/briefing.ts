import type { Queryable } from '../platform/db.ts';
import type { FeedCursor } from './feed-cursor.ts';
import { statement } from '../platform/statement.ts';

/** The pending actions of a workspace. */
export interface Briefing {
  total: number;
  byType: Record<string, number>;
  /** By mission id. */
  byMission: Record<string, number>;
  /** Only the largest types and missions are named. */
  truncated: boolean;
  oldestCreatedAt: Date | null;
}

/** How many types, and how many missions, a briefing names. */
const NAMED_MAX = 1_000;

/** One snapshot for the counts and the position of the feed, so that no event falls between them. */
const COUNT = statement<{ workspace: string; namedMax: number }, Counted>(
  'events_briefing',
  `
    with p as (
      select type, mission_id, count(*)::int as size, min(created_at) as oldest from actions
      where workspace_id = :workspace::uuid and status = 'pending_approval' group by type, mission_id
    )
    select pg_snapshot_xmin(pg_current_snapshot())::text as now,
      (select coalesce(sum(size), 0)::int from p) as total,
      (select min(oldest) from p) as oldest,
      (select coalesce(jsonb_object_agg(type, size), '{}')
        from (select type, sum(size)::int as size from p group by type order by 2 desc, 1 limit :namedMax::int) t) as types,
      (select coalesce(jsonb_object_agg(mission_id, size), '{}')
        from (
          select mission_id, sum(size)::int as size from p where mission_id is not null
          group by mission_id order by 2 desc, 1 limit :namedMax::int
        ) m) as missions,
      (select count(distinct type) > :namedMax::int or count(distinct mission_id) > :namedMax::int from p) as truncated`,
);

interface Counted {
  now: string;
  total: number;
  oldest: Date | null;
  types: Record<string, number>;
  missions: Record<string, number>;
  truncated: boolean;
}

/** Reads the briefing, and the cursor after which the feed has every event that the briefing does not count. */
export async function readBriefing(
  db: Queryable,
  workspaceId: string,
): Promise<{ briefing: Briefing; now: FeedCursor }> {
  const [counted] = await db.query(COUNT, { workspace: workspaceId, namedMax: NAMED_MAX });
  if (!counted) throw new Error('the briefing is always one row');
  const { now, total, types, missions, truncated, oldest } = counted;
  return {
    briefing: { total, byType: types, byMission: missions, truncated, oldestCreatedAt: oldest },
    now: { transaction: BigInt(now), number: 0n },
  };
}
