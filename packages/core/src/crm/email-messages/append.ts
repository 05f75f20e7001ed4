import type { Transaction } from '../../platform/db.ts';
import type { email_messages, email_threads } from '../../generated/client.ts';
import { newId } from '../../platform/ids.ts';

/** A message as its thread keeps it. Without `at` it is a message of this moment, by the database's clock. */
export type NewMessage = Omit<
  email_messages,
  'id' | 'workspace_id' | 'thread_id' | 'recorded_at' | 'at' | 'action_id'
> & {
  at?: string;
  action_id?: string;
};

/**
 * Adds a message to a thread: the one writer of both. The thread's newest message is the one with the latest date, in
 * whatever order they are recorded. A Message-ID that the workspace has already adds nothing; null says so.
 */
export async function appendMessage(
  { tables }: Transaction,
  { id, workspace_id }: Pick<email_threads, 'id' | 'workspace_id'>,
  message: NewMessage,
): Promise<email_messages | null> {
  const data = { ...message, id: newId(), workspace_id, thread_id: id };
  const [row] = await tables.email_messages.createManyAndReturn({ data, skipDuplicates: true });
  if (!row) return null;
  await tables.email_threads.update({ where: { id }, data: { message_count: { increment: 1 } } }); // and locks it
  await tables.email_threads.updateMany({
    where: { id, updated_at: { lte: row.at } },
    data: { last_message_id: row.message_id, updated_at: row.at },
  });
  return row;
}

/** What a thread says of its newest message before it has one. */
export const EMPTY_THREAD = { last_message_id: '', message_count: 0, updated_at: new Date(0) } as const;
