import { readMessageId, readReferences, replySubject, trimReferences, sameAddress } from '@proviso/contracts';
import { invalid, type ContactRecord, type ReadableRecords, type ThreadRecord } from '@proviso/core/executor';
import { recipients, type EmailParams } from './params.ts';
import { refuseUnsubscribed } from './unsubscribed.ts';

/** Fills in the recipient and subject from the contact, and the reply headers from the thread. */
export async function resolveEmail(given: EmailParams, records: ReadableRecords): Promise<Partial<EmailParams>> {
  const contact = await givenContact(given, records);
  const thread = await givenThread(given, records);
  const resolved: Partial<EmailParams> = {};
  if (contact && given.email === undefined) resolved.email = contact.email;
  if (contact && given.subject === undefined) {
    resolved.subject = subjectFrom(thread ?? (await records.newestThread(contact.id)));
  }
  if (thread) Object.assign(resolved, replyHeaders(given, thread));
  await refuseUnsubscribed(recipients({ ...given, ...resolved }), contact, records);
  return resolved;
}

async function givenContact(given: EmailParams, records: ReadableRecords): Promise<ContactRecord | null> {
  if (given.contact_id === undefined) return null;
  const contact = await records.contact(given.contact_id);
  if (!contact) throw invalid('params.contact_id', 'no such contact in this workspace');
  if (given.email !== undefined && !sameAddress(given.email, contact.email)) {
    throw invalid('params.email', "is not this contact's address");
  }
  return contact;
}

async function givenThread(given: EmailParams, records: ReadableRecords): Promise<ThreadRecord | null> {
  if (given.thread_id !== undefined) {
    const thread = await records.thread(given.thread_id);
    if (!thread) throw invalid('params.thread_id', 'no such thread in this workspace');
    if (given.contact_id !== undefined && thread.contactId !== given.contact_id) {
      throw invalid('params.thread_id', 'is not a thread of this contact');
    }
    return thread;
  }
  if (!given.follow_up) return answeredThread(given, records);
  const thread = given.contact_id === undefined ? null : await records.newestThread(given.contact_id);
  if (!thread) throw invalid('params.follow_up', 'there is no thread to follow up');
  return thread;
}

/** The thread of the message that it answers, if it is known and belongs to this contact. */
async function answeredThread(given: EmailParams, records: ReadableRecords): Promise<ThreadRecord | null> {
  if (given.in_reply_to_message_id === undefined) return null;
  const thread = await records.threadOfMessage(given.in_reply_to_message_id);
  return thread && (given.contact_id ?? thread.contactId) === thread.contactId ? thread : null;
}

function subjectFrom(thread: ThreadRecord | null): string {
  if (!thread) throw invalid('params.subject', 'required: the contact has no thread to take it from');
  return replySubject(thread.subject);
}

/** A thread's ids come from other people's mail programs; those that are not valid in a header are left out. */
function replyHeaders(given: EmailParams, thread: ThreadRecord): Partial<EmailParams> {
  const headers: Partial<EmailParams> = {};
  if (given.thread_id === undefined) headers.thread_id = thread.id;
  const last = readMessageId(thread.lastMessageId);
  if (given.in_reply_to_message_id === undefined && last) headers.in_reply_to_message_id = last;
  const chain = trimReferences(readReferences(thread.messageIds));
  if (given.references === undefined && chain.length > 0) headers.references = chain;
  return headers;
}
