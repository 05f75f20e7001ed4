import type { Actor, Contact, EmailThread, JsonObject, LifecycleChange, Note } from '@proviso/contracts';
import type { contacts, email_threads, lifecycle_changes, notes } from '../../generated/client.ts';
import { formatId, formatIdOrNull } from '../../platform/ids.ts';
import { displayAddress } from '../../platform/display-address.ts';

export const presentContact = (row: contacts): Contact => ({
  contact_id: formatId('contact', row.id),
  email: displayAddress(row.email),
  properties: row.properties as JsonObject,
  lifecycle_stage: row.lifecycle_stage as Contact['lifecycle_stage'],
  company_id: formatIdOrNull('company', row.company_id),
  unsubscribed_at: row.unsubscribed_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

export const presentNote = (row: notes): Note => ({
  note_id: formatId('note', row.id),
  content: row.content,
  contact_id: formatIdOrNull('contact', row.contact_id),
  company_id: formatIdOrNull('company', row.company_id),
  action_id: formatIdOrNull('action', row.action_id),
  created_by: row.created_by as Actor,
  created_at: row.created_at.toISOString(),
});

export const presentThread = (row: email_threads): EmailThread => ({
  thread_id: formatId('thread', row.id),
  subject: row.subject,
  last_message_id: row.last_message_id,
  message_count: row.message_count,
  updated_at: row.updated_at.toISOString(),
});

export const presentLifecycleChange = (row: lifecycle_changes): LifecycleChange => ({
  from: row.from as LifecycleChange['from'],
  to: row.to as LifecycleChange['to'],
  action_id: formatIdOrNull('action', row.action_id),
  actor: row.actor as Actor,
  at: row.at.toISOString(),
});
