// Redacts and deletes what workspaces no longer keep. Any number of workers share it: a batch locks its rows, and skips
// those that another has locked. Held by retention.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from '../access/context.ts';
import { retentionPassed } from '../action/diagnostics.ts';
import { rowFromJson } from '../action/row.ts';
import {
  DELETE_ACTIONS,
  DELETE_REFERENCES,
  FIND_OVERDUE,
  LOCK_RETENTION,
  REDACT,
  TAKE_TO_DELETE,
  TAKE_TO_REDACT,
  type Overdue,
  type ToRedact,
} from '../action/sql/retention.ts';
import { clearedHash } from '../executors/cleared-hash.ts';
import type { Transaction } from '../platform/db.ts';
import { mapInSlices } from '../platform/map-in-slices.ts';

/** Between two batches, for everybody else. */
const PAUSE_MS = 50;

type Retaining = Pick<Services, 'db' | 'executors' | 'log'>;

/** Does one batch of each kind in each workspace that has something overdue. Returns how many actions it changed. */
export async function applyRetention(services: Retaining, isStopping = (): boolean => false): Promise<number> {
  const overdue = await services.db.query(FIND_OVERDUE, {});
  const done = { redacted: 0, deleted: 0 };
  for (const each of overdue) {
    if (isStopping()) break;
    const count = await applyTo(services, each).catch((err: unknown) => {
      services.log.error({ err, workspace: each.workspace }, 'a batch of old actions could not be redacted or deleted');
      return 0;
    });
    done[each.kind === 'redact' ? 'redacted' : 'deleted'] += count;
    await sleep(PAUSE_MS);
  }
  const overdueSeconds = Math.max(0, ...overdue.map(({ seconds }) => seconds));
  retentionPassed.publish({ ...done, overdueSeconds });
  return done.redacted + done.deleted;
}

const applyTo = ({ db, executors }: Retaining, { workspace, kind, completed_at: time, id }: Overdue): Promise<number> =>
  db.transaction(async (tx) => {
    const [rule] = await tx.query(LOCK_RETENTION, { workspace });
    const days = kind === 'redact' ? rule?.params_days : rule?.actions_days;
    if (days === undefined || days === null) return 0; // it was changed meanwhile
    const batch = { workspace, days, time, id };
    if (kind === 'redact') return redact(tx, executors, await tx.query(TAKE_TO_REDACT, batch));
    const taken = await tx.query(TAKE_TO_DELETE[kind], batch);
    return deleteActions(
      tx,
      taken.map((row) => row.id),
    );
  });

async function redact(tx: Transaction, executors: Services['executors'], taken: readonly ToRedact[]): Promise<number> {
  const rows = await mapInSlices(taken, ({ id, action, identity_version }) => ({
    id,
    params_hash: action && clearedHash(rowFromJson(action, identity_version), executors),
  }));
  const [redacted] = await tx.query(REDACT, { rows: JSON.stringify(rows), reason: 'retention' });
  return redacted?.count ?? 0;
}

async function deleteActions(tx: Transaction, ids: readonly string[]): Promise<number> {
  for (const reference of DELETE_REFERENCES) await tx.query(reference, { ids });
  return (await tx.query(DELETE_ACTIONS, { ids })).length;
}
