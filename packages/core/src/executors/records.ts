import type { Contact, JsonObject } from '@proviso/contracts';

/** A contact as executors see it. */
export interface ContactRecord {
  /** TypeID, `ct_…`. */
  id: string;
  email: string;
  properties: JsonObject;
  lifecycleStage: Contact['lifecycle_stage'];
  unsubscribedAt: Date | null;
}

/** A company as executors see it. */
export interface CompanyRecord {
  /** TypeID, `co_…`. */
  id: string;
  /** The first of its name, its domain and its id that exists. */
  label: string;
  domain: string | null;
  properties: JsonObject;
}

export interface ThreadRecord {
  id: string;
  contactId: string;
  subject: string;
  lastMessageId: string;
  updatedAt: Date;
  /** Message-IDs, oldest first. */
  messageIds: string[];
  /** When the last inbound message was recorded here, if any. Its own date may be earlier, but nobody saw it before. */
  lastInboundAt: Date | null;
}

/**
 * What executors may look up in one workspace's records. Ids are TypeIDs or bare UUIDs; another workspace's record is
 * null.
 */
export interface ReadableRecords {
  contact(id: string): Promise<ContactRecord | null>;
  company(id: string): Promise<CompanyRecord | null>;
  /** Returns those of the addresses that unsubscribed, in lower case. */
  unsubscribed(addresses: string[]): Promise<string[]>;
  thread(id: string): Promise<ThreadRecord | null>;
  newestThread(contactId: string): Promise<ThreadRecord | null>;
  /** The thread that has the message with this Message-ID. */
  threadOfMessage(messageId: string): Promise<ThreadRecord | null>;
}

export interface SentEmail {
  contactId: string;
  /** Null starts a thread. */
  threadId: string | null;
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  from: string;
  to: string[];
  subject: string;
  text: string;
}

export interface NewTask {
  title: string;
  description: string | null;
  /** RFC 3339. */
  dueDate: string | null;
  contactId: string | null;
}

/** A record before and after a write. */
export interface Changed<Kept> {
  before: Kept;
  after: Kept;
}

/** What an executor's `write` may change, in the transaction that completes the action. */
export interface WritableRecords extends ReadableRecords {
  /** Returns the note's TypeID; one note per action. */
  createNote(note: { content: string; contactId: string | null; companyId: string | null }): Promise<string>;
  addSentEmail(email: SentEmail): Promise<void>;
  /** Returns the task's TypeID; one task per action. */
  createTask(task: NewTask): Promise<string>;
  /**
   * Properties merge, and a null deletes one. A change of stage is recorded in the contact's history. Throws if the
   * contact is gone.
   */
  changeContact(
    id: string,
    change: { properties?: JsonObject; lifecycle_stage?: Contact['lifecycle_stage'] },
  ): Promise<Changed<ContactRecord>>;
  changeCompany(id: string, change: { properties: JsonObject }): Promise<Changed<CompanyRecord>>;
}
