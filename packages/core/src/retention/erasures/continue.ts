// Erases what names a person, a page of actions in each transaction, and last the contact itself. The row of the erasure
// holds its place, so that any worker continues it. Held by apps/api/test/retention.test.ts.
import type { Actor } from '@proviso/contracts';
import type { Services } from '../../access/context.ts';
import { rowFromJson } from '../../action/row.ts';
import { ERASURE_PAGE, FIND_NAMING, type ErasureRow } from '../../action/sql/erasure.ts';
import { LOCK_RETENTION, REDACT } from '../../action/sql/retention.ts';
import { transition } from '../../action/transition.ts';
import { clearedHash } from '../../executors/cleared-hash.ts';
import type { Transaction } from '../../platform/db.ts';
import { AppError } from '../../platform/errors.ts';
import { statement, type NoParams } from '../../platform/statement.ts';
import { addressPattern } from './address-pattern.ts';
import { eraseRecords } from './erase-records.ts';

type Erasing = Pick<Services, 'db' | 'executors' | 'log'> & { actor: Actor };

/** What cannot be erased yet is looked at again after this. */
const AGAIN_MINUTES = 10;

interface Claimed {
  id: string;
  workspace_id: string;
  email: string;
  contact_id: string | null;
  place_time: string;
  place_id: string;
  waiting: number;
}

/** One erasure that nobody else continues, until the transaction ends. */
const CLAIM = statement<NoParams, Claimed>(
  'erasure_claim',
  `
    select id, workspace_id, email, contact_id, coalesce(place_time, '-infinity')::text as place_time,
      coalesce(place_id, '00000000-0000-0000-0000-000000000000') as place_id,
      case when place_time is null then 0 else waiting end as waiting
    from erasures where completed_at is null and next_at <= statement_timestamp()
    order by next_at limit 1 for no key update skip locked`,
);

interface Progress {
  id: string;
  /** Null = the pass is over, and another one follows. */
  time: string | null;
  place: string | null;
  cancelled: number;
  redacted: number;
  waiting: number;
}

const SAVE = statement<Progress>(
  'erasure_save',
  `
    update erasures set place_time = :time::timestamptz, place_id = :place::uuid, waiting = :waiting::int,
      cancelled = cancelled + :cancelled::int, redacted = redacted + :redacted::int,
      next_at = statement_timestamp() + case when :time::timestamptz is null then ${AGAIN_MINUTES} else 0 end * interval '1 minute'
    where id = :id::uuid`,
);

const COMPLETE = statement<{ id: string; records: number }>(
  'erasure_complete',
  `
    update erasures set completed_at = statement_timestamp(), email = null, records = :records::int
    where id = :id::uuid`,
);

/** Continues one erasure by a page. Returns how many actions it looked at, or 1 at its end; 0 = there is none. */
export function continueErasure(services: Erasing): Promise<number> {
  return services.db.transaction(async (tx) => {
    const [erasure] = await tx.query(CLAIM, {});
    if (!erasure) return 0;
    const { id, workspace_id: workspace, contact_id: contact, place_time: time, place_id } = erasure;
    await tx.query(LOCK_RETENTION, { workspace }); // no legal hold is placed meanwhile
    const pattern = addressPattern(erasure.email);
    const page = await tx.query(FIND_NAMING, { workspace, contact, pattern, time, id: place_id });
    const done = await eraseActions(services, tx, page);
    const waiting = erasure.waiting + done.waiting;
    const last = page.length === ERASURE_PAGE ? page.at(-1) : undefined;
    await tx.query(SAVE, { id, ...done, waiting, time: last?.created_at ?? null, place: last?.id ?? null });
    if (!last && waiting === 0) await tx.query(COMPLETE, { id, records: await eraseRecords(tx, erasure, pattern) });
    return page.length || 1;
  });
}

async function eraseActions({ actor, executors }: Erasing, tx: Transaction, page: readonly ErasureRow[]) {
  const count = { cancelled: 0, waiting: 0 };
  const rows: { id: string; params_hash: string }[] = [];
  for (const { id, action, identity_version, held, ended } of page) {
    if (!action) continue;
    const row = rowFromJson(action, identity_version);
    const isCancelled = !held && !ended && (await cancel(tx, row, actor));
    if (isCancelled) count.cancelled += 1;
    const mayGo = isCancelled || (ended && !held && row.status_reason !== 'outcome_unknown');
    if (mayGo) rows.push({ id, params_hash: clearedHash(row, executors) });
    else count.waiting += 1;
  }
  const [redacted] = await tx.query(REDACT, { rows: JSON.stringify(rows), reason: 'erasure' });
  return { ...count, redacted: redacted?.count ?? 0 };
}

/** False: it runs, or its effect may have begun. */
const cancel = (tx: Transaction, row: ReturnType<typeof rowFromJson>, actor: Actor): Promise<boolean> =>
  transition(tx, row, 'action.cancelled', { actor, data: { reason: 'erasure' } }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AppError) return false;
      throw error;
    },
  );
