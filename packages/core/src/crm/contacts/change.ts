import { addressKey, type Actor, type Contact, type JsonObject } from '@proviso/contracts';
import type { Transaction } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import type { contacts } from '../../generated/client.ts';
import { newId } from '../../platform/ids.ts';
import { mergeProperties } from '../merge-properties.ts';
import { deleteUnsubscribed, storeUnsubscribed, unsubscribedAt } from './unsubscribed.ts';
import { statement } from '../../platform/statement.ts';

export interface ContactChange {
  email?: string | undefined;
  /** Merged; a null deletes a property. */
  properties?: JsonObject | undefined;
  company_id?: string | null | undefined;
  lifecycle_stage?: Contact['lifecycle_stage'] | undefined;
  unsubscribed?: boolean | undefined;
}

/** Who changes a contact, and through which action. */
export interface ChangedBy {
  actor: Actor;
  action_id: string | null;
}

/**
 * Changes a contact in an open transaction, and records a change of stage in its history. Throws NOT_FOUND if it is
 * gone.
 */
export async function changeContact(
  tx: Transaction,
  where: { id: string; workspace_id: string },
  change: ContactChange,
  by: ChangedBy,
): Promise<{ before: contacts; after: contacts }> {
  await tx.query(LOCK, { id: where.id }); // serialises two merges of properties
  const before = await tx.tables.contacts.findFirst({ where });
  if (!before) throw notFound('contact');
  const { properties, company_id, lifecycle_stage, unsubscribed } = change;
  const email = change.email === undefined ? undefined : addressKey(change.email);
  const known = email === undefined ? null : await unsubscribedAt(tx, where.workspace_id, email);
  const after = await tx.tables.contacts.update({
    where,
    data: {
      ...(email && { email }),
      ...(known && { unsubscribed_at: before.unsubscribed_at ?? known }),
      ...(properties && { properties: mergeProperties(before.properties as JsonObject, properties) }),
      ...(company_id !== undefined && { company_id }),
      ...(lifecycle_stage && { lifecycle_stage }),
      ...(unsubscribed !== undefined && {
        unsubscribed_at: unsubscribed ? (before.unsubscribed_at ?? new Date()) : null,
      }),
    },
  });
  await storeUnsubscribed(tx, after, by.actor);
  if (unsubscribed === false) await deleteUnsubscribed(tx, after);
  await auditStage(tx, after, before.lifecycle_stage, by);
  return { before, after };
}

/** Records a change of stage in the contact's history; the same stage again is not a change. */
export async function auditStage(
  { tables }: Pick<Transaction, 'tables'>,
  { id, workspace_id, lifecycle_stage: to }: contacts,
  from: string | null,
  by: ChangedBy,
): Promise<void> {
  if (to === null || to === from) return;
  await tables.lifecycle_changes.create({ data: { id: newId(), workspace_id, contact_id: id, from, to, ...by } });
}

const LOCK = statement<{ id: string }>(
  'contact_lock',
  'select id from contacts where id = :id::uuid for no key update',
);
