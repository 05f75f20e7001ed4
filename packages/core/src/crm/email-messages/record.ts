import {
  addressIn,
  bareSubject,
  recordEmailMessageBody,
  type EmailMessage,
  type RecordEmailMessageBody,
} from '@proviso/contracts';
import { authorize, refuseAgent, type Context } from '../../access/context.ts';
import type { Transaction } from '../../platform/db.ts';
import { invalid } from '../../platform/errors.ts';
import type { email_messages } from '../../generated/client.ts';
import { lockAgainstDelete } from '../../platform/lock-against-delete.ts';
import { inTransactionOnce } from '../../platform/idempotency.ts';
import { newId, formatId, formatIdOrNull } from '../../platform/ids.ts';
import { appendMessage, EMPTY_THREAD } from './append.ts';
import { statement } from '../../platform/statement.ts';

/**
 * Records a message that was received or sent elsewhere, in the thread that it answers. Recording a message_id again
 * returns the first record.
 */
export async function recordEmailMessage(ctx: Context, input: unknown): Promise<EmailMessage> {
  authorize(ctx, 'contacts:write');
  refuseAgent(ctx, 'An agent cannot record messages, because a recorded reply stops its follow-ups. Ask a person.');
  const message = recordEmailMessageBody.parse(input);
  const { workspaceId } = ctx.caller;
  const recording = inTransactionOnce(
    ctx.db,
    ctx.idempotency,
    async (tx) => (await find(tx, workspaceId, message)) ?? (await record(tx, workspaceId, message)),
  );
  return recording.catch(async (error: unknown) => {
    const first = error instanceof RecordedConcurrently && (await find(ctx.db, workspaceId, message));
    if (first) return first;
    throw error;
  });
}

/**
 * The message was recorded concurrently. Everything that this transaction wrote, such as a new thread, is rolled back.
 */
class RecordedConcurrently extends Error {}

type Message = RecordEmailMessageBody;

interface Thread {
  id: string;
  contact_id: string;
}

async function find({ tables }: Pick<Transaction, 'tables'>, workspace_id: string, { message_id }: Message) {
  const row = await tables.email_messages.findUnique({
    where: { workspace_id_message_id: { workspace_id, message_id } },
    include: { thread: { select: { contact_id: true } } },
  });
  return row && present(row, row.thread.contact_id);
}

async function record(tx: Transaction, workspace_id: string, message: Message): Promise<EmailMessage> {
  const thread =
    (await findAnsweredThread(tx, workspace_id, message)) ?? (await startThread(tx, workspace_id, message));
  const { direction, message_id, in_reply_to = null, references = [], from, to, subject = '', text = '', at } = message;
  const newMessage = { direction, message_id, in_reply_to, references, from, to: [to].flat(), subject, text, at };
  const row = await appendMessage(tx, { id: thread.id, workspace_id }, newMessage);
  if (!row) throw new RecordedConcurrently();
  return present(row, thread.contact_id);
}

/** Finds and locks the thread of the nearest message that this one answers. */
async function findAnsweredThread(
  { tables, query }: Transaction,
  workspace_id: string,
  { in_reply_to, references = [] }: Message,
): Promise<Thread | undefined> {
  const nearest = [...(in_reply_to ? [in_reply_to] : []), ...references.toReversed()];
  const known = await tables.email_messages.findMany({
    where: { workspace_id, message_id: { in: nearest } },
    select: { message_id: true, thread_id: true },
  });
  const threadIds = new Map(known.map(({ message_id, thread_id }) => [message_id, thread_id]));
  const threadId = nearest.map((id) => threadIds.get(id)).find((id) => id !== undefined);
  return threadId === undefined ? undefined : (await query(LOCK, { id: threadId }))[0];
}

/** Starts a thread with the contact who wrote it or to whom it was written. Throws INVALID if none of them is known. */
async function startThread(tx: Transaction, workspace_id: string, message: Message): Promise<Thread> {
  const inbound = message.direction === 'inbound';
  const addresses = (inbound ? [message.from] : [message.to].flat()).map(addressIn);
  const known = await tx.tables.contacts.findMany({ where: { workspace_id, email: { in: addresses } } });
  const contact = addresses.map((address) => known.find(({ email }) => email === address)).find((one) => one);
  if (!contact || !(await lockAgainstDelete(tx, 'contact', contact)))
    throw invalid(
      inbound ? 'from' : 'to',
      'is not a contact in this workspace, and the message does not reply to a known message',
    );
  return tx.tables.email_threads.create({
    data: {
      id: newId(),
      workspace_id,
      contact_id: contact.id,
      subject: bareSubject(message.subject ?? ''),
      ...EMPTY_THREAD,
    },
  });
}

const LOCK = statement<{ id: string }, Thread>(
  'email_thread_lock',
  'select id, contact_id from email_threads where id = :id::uuid for no key update',
);

const present = (row: email_messages, contactId: string): EmailMessage => ({
  thread_id: formatId('thread', row.thread_id),
  contact_id: formatId('contact', contactId),
  direction: row.direction as EmailMessage['direction'],
  message_id: row.message_id,
  in_reply_to: row.in_reply_to,
  references: row.references,
  from: row.from,
  to: row.to,
  subject: row.subject,
  text: row.text,
  action_id: formatIdOrNull('action', row.action_id),
  at: row.at.toISOString(),
});
