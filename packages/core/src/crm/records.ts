import { addressKey, bareSubject, type JsonObject } from '@proviso/contracts';
import type { ActionRow } from '../action/row.ts';
import { changeCompany } from './companies/change.ts';
import { changeContact } from './contacts/change.ts';
import type {
  CompanyRecord,
  ContactRecord,
  ReadableRecords,
  SentEmail,
  ThreadRecord,
  WritableRecords,
} from '../executors/records.ts';
import type { Queryable, Transaction } from '../platform/db.ts';
import { lookUp } from '../platform/statement.ts';
import { appendMessage, EMPTY_THREAD } from './email-messages/append.ts';
import type { companies, contacts } from '../generated/client.ts';
import { newId, parseId, formatId, type IdKind } from '../platform/ids.ts';

const FIND_CONTACT = lookUp<{ workspace: string; id: string }, contacts>(
  'contact_find',
  { workspace: 'uuid', id: 'uuid' },
  'select c.* from contacts c where c.id = :id::uuid and c.workspace_id = :workspace::uuid',
);

const FIND_COMPANY = lookUp<{ workspace: string; id: string }, companies>(
  'company_find',
  { workspace: 'uuid', id: 'uuid' },
  'select c.* from companies c where c.id = :id::uuid and c.workspace_id = :workspace::uuid',
);

const FIND_UNSUBSCRIBED = lookUp<{ workspace: string; addresses: readonly string[] }, { email: string }>(
  'unsubscribed_find',
  { workspace: 'uuid', addresses: 'text[]' },
  `
    select u.email from unsubscribed_addresses u
    where u.workspace_id = :workspace::uuid and u.email = any(:addresses::text[])`,
);

interface FoundThread {
  id: string;
  contact_id: string;
  subject: string;
  last_message_id: string;
  updated_at: Date;
  /** Oldest first. */
  message_ids: string[];
  last_inbound_at: Date | null;
}

/** The newest thread that has this id, contact or message. */
const FIND_THREAD = lookUp<
  { workspace: string; id: string | null; contact: string | null; message: string | null },
  FoundThread
>(
  'thread_find',
  { workspace: 'uuid', id: 'uuid', contact: 'uuid', message: 'text' },
  `
    select t.id, t.contact_id, t.subject, t.last_message_id, t.updated_at,
      array(select m.message_id from email_messages m where m.thread_id = t.id order by m.at) as message_ids,
      (select max(m.recorded_at) from email_messages m where m.thread_id = t.id and m.direction = 'inbound')
        as last_inbound_at
    from email_threads t
    where t.workspace_id = :workspace::uuid and (t.id = :id::uuid or t.contact_id = :contact::uuid or t.id = (
      select m.thread_id from email_messages m where m.workspace_id = :workspace::uuid and m.message_id = :message::text))
    order by t.updated_at desc, t.id desc limit 1`,
);

/** One workspace's records, read through a database or an open transaction. */
export function recordsOf(db: Queryable, workspace: string): ReadableRecords {
  const find = async (by: { id?: string; contact?: string; message?: string }): Promise<ThreadRecord | null> => {
    const [thread] = await db.query(FIND_THREAD, { workspace, id: null, contact: null, message: null, ...by });
    return thread ? threadRecord(thread) : null;
  };
  return {
    contact: async (id) => {
      const [row] = await db.query(FIND_CONTACT, { workspace, id: uuidOf('contact', id) });
      return row ? contactRecord(row) : null;
    },
    company: async (id) => {
      const [row] = await db.query(FIND_COMPANY, { workspace, id: uuidOf('company', id) });
      return row ? companyRecord(row) : null;
    },
    unsubscribed: async (addresses) => {
      const rows = await db.query(FIND_UNSUBSCRIBED, { workspace, addresses: addresses.map(addressKey) });
      return rows.map(({ email }) => email);
    },
    thread: (id) => find({ id: uuidOf('thread', id) }),
    newestThread: (contactId) => find({ contact: uuidOf('contact', contactId) }),
    threadOfMessage: (message) => find({ message }),
  };
}

/** The same in the transaction that completes an action, so that the action can write them. */
export function writableRecordsOf(
  tx: Transaction,
  action: Pick<ActionRow, 'id' | 'workspace_id' | 'created_by'>,
): WritableRecords {
  const inWorkspace = { workspace_id: action.workspace_id };
  const by = { actor: action.created_by, action_id: action.id };
  return {
    ...recordsOf(tx, action.workspace_id),
    createNote: async ({ content, contactId, companyId }) => {
      const data = {
        id: newId(),
        ...inWorkspace,
        content,
        contact_id: contactId && uuidOf('contact', contactId),
        company_id: companyId && uuidOf('company', companyId),
        action_id: action.id,
        created_by: action.created_by,
      };
      return formatId('note', (await tx.tables.notes.create({ data })).id);
    },
    createTask: async ({ title, description, dueDate, contactId }) => {
      const data = {
        id: newId(),
        ...inWorkspace,
        title,
        description,
        due_date: dueDate,
        contact_id: contactId && uuidOf('contact', contactId),
        action_id: action.id,
      };
      return formatId('task', (await tx.tables.tasks.create({ data })).id);
    },
    changeContact: async (id, change) => {
      const { before, after } = await changeContact(tx, { id: uuidOf('contact', id), ...inWorkspace }, change, by);
      return { before: contactRecord(before), after: contactRecord(after) };
    },
    changeCompany: async (id, change) => {
      const { before, after } = await changeCompany(tx, { id: uuidOf('company', id), ...inWorkspace }, change);
      return { before: companyRecord(before), after: companyRecord(after) };
    },
    addSentEmail: (email) => addSentEmail(tx, action.workspace_id, action.id, email),
  };
}

/** A malformed id becomes the nil UUID, which finds nothing. */
const uuidOf = (kind: IdKind, id: string): string => parseId(kind, id) ?? '00000000-0000-0000-0000-000000000000';

const contactRecord = (row: contacts): ContactRecord => ({
  id: formatId('contact', row.id),
  email: row.email,
  properties: row.properties as JsonObject,
  lifecycleStage: row.lifecycle_stage as ContactRecord['lifecycleStage'],
  unsubscribedAt: row.unsubscribed_at,
});

const companyRecord = (row: companies): CompanyRecord => ({
  id: formatId('company', row.id),
  label: row.name ?? row.domain ?? formatId('company', row.id),
  domain: row.domain,
  properties: row.properties as JsonObject,
});

const threadRecord = (thread: FoundThread): ThreadRecord => ({
  id: formatId('thread', thread.id),
  contactId: formatId('contact', thread.contact_id),
  subject: thread.subject,
  lastMessageId: thread.last_message_id,
  updatedAt: thread.updated_at,
  messageIds: thread.message_ids,
  lastInboundAt: thread.last_inbound_at,
});

async function addSentEmail(tx: Transaction, workspaceId: string, actionId: string, email: SentEmail): Promise<void> {
  const id = (email.threadId && parseId('thread', email.threadId)) || newId();
  const { subject, messageId: message_id, inReplyTo: in_reply_to, references, from, to, text } = email;
  const contact_id = uuidOf('contact', email.contactId);
  const thread = await tx.tables.email_threads.upsert({
    where: { id, workspace_id: workspaceId },
    create: { ...EMPTY_THREAD, id, workspace_id: workspaceId, contact_id, subject: bareSubject(subject) },
    update: {},
  });
  const message = { direction: 'outbound', message_id, in_reply_to, references, from, to, subject, text };
  await appendMessage(tx, thread, { ...message, action_id: actionId });
}
