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
import type { Transaction } from '../platform/db.ts';
import { appendMessage, EMPTY_THREAD } from './email-messages/append.ts';
import type { companies, contacts } from '../generated/client.ts';
import { newId, parseId, formatId, type IdKind } from '../platform/ids.ts';

type Tables = Transaction['tables'];

/** One workspace's records, read through a database or an open transaction. */
export function recordsOf({ tables }: Pick<Transaction, 'tables'>, workspaceId: string): ReadableRecords {
  const inWorkspace = { workspace_id: workspaceId };
  return {
    contact: async (id) => {
      const row = await tables.contacts.findFirst({ where: { ...inWorkspace, id: uuidOf('contact', id) } });
      return row && contactRecord(row);
    },
    company: async (id) => {
      const row = await tables.companies.findFirst({ where: { ...inWorkspace, id: uuidOf('company', id) } });
      return row && companyRecord(row);
    },
    unsubscribed: async (addresses) => {
      const email = { in: addresses.map(addressKey) };
      const where = { ...inWorkspace, email };
      const rows = await tables.unsubscribed_addresses.findMany({ where, select: { email: true } });
      return rows.map((row) => row.email);
    },
    thread: (id) => findThread(tables, { ...inWorkspace, id: uuidOf('thread', id) }),
    newestThread: (contactId) => findThread(tables, { ...inWorkspace, contact_id: uuidOf('contact', contactId) }),
    threadOfMessage: async (message_id) => {
      const where = { workspace_id_message_id: { ...inWorkspace, message_id } };
      const message = await tables.email_messages.findUnique({ where, select: { thread_id: true } });
      return message && findThread(tables, { ...inWorkspace, id: message.thread_id });
    },
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

async function findThread(
  tables: Tables,
  where: { workspace_id: string } & ({ id: string } | { contact_id: string }),
): Promise<ThreadRecord | null> {
  const thread = await tables.email_threads.findFirst({
    where,
    orderBy: [{ updated_at: 'desc' }, { id: 'desc' }],
    include: { messages: { orderBy: { at: 'asc' }, select: { message_id: true, direction: true, recorded_at: true } } },
  });
  if (!thread) return null;
  return {
    id: formatId('thread', thread.id),
    contactId: formatId('contact', thread.contact_id),
    subject: thread.subject,
    lastMessageId: thread.last_message_id,
    updatedAt: thread.updated_at,
    messageIds: thread.messages.map((message) => message.message_id),
    lastInboundAt: newest(
      thread.messages.flatMap((message) => (message.direction === 'inbound' ? message.recorded_at : [])),
    ),
  };
}

const newest = ([first, ...others]: readonly Date[]): Date | null =>
  first ? others.reduce((late, at) => (at > late ? at : late), first) : null;

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
