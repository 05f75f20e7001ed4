import type { Transaction } from '../../platform/db.ts';
import type { email_messages, email_threads } from '../../generated/client.ts';
import { newId } from '../../platform/ids.ts';

/** A message of a thread. Without `at`, it gets the current time of the database. */
export type NewMessage = Omit<
  email_messages,
  'id' | 'workspace_id' | 'thread_id' | 'recorded_at' | 'at' | 'action_id'
> & {
  at?: string;
  action_id?: string;
};

/**
 * Adds a message to a thread; the only writer of both. The newest message is the one with the latest date, in whatever
 * order messages are recorded. Returns null, and adds nothing, if the workspace already has the Message-ID.
 */
export async function appendMessage(
  { tables }: Transaction,
  { id, workspace_id }: Pick<email_threads, 'id' | 'workspace_id'>,
  message: NewMessage,
): Promise<email_messages | null> {
  const data = { ...message, id: newId(), workspace_id, thread_id: id };
  const [row] = await tables.email_messages.createManyAndReturn({ data, skipDuplicates: true });
  if (!row) return null;
  // also locks the thread
  await tables.email_threads.update({ where: { id }, data: { message_count: { increment: 1 } } });
  await tables.email_threads.updateMany({
    where: { id, updated_at: { lte: row.at } },
    data: { last_message_id: row.message_id, updated_at: row.at },
  });
  return row;
}

/** The columns of a thread before its first message. */
export const EMPTY_THREAD = { last_message_id: '', message_count: 0, updated_at: new Date(0) } as const;
