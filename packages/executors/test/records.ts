import type {
  CompanyRecord,
  ContactRecord,
  LookupContext,
  NewTask,
  RunContext,
  SentEmail,
  ThreadRecord,
  WritableRecords,
} from '@proviso/core/executor';

export const ADA = 'ct_01h455vb4pex5vsknk084sn02q';
export const BOB = 'ct_01h455vb4pex5vsknk084sn02r';
export const ACME = 'co_01h455vb4pex5vsknk084sn02q';
export const ACTION = 'act_01h455vb4pex5vsknk084sn02q';
export const THREAD = 'thr_01h455vb4pex5vsknk084sn02q';

export const contact = (overrides: Partial<ContactRecord> = {}): ContactRecord => ({
  id: ADA,
  email: 'ada@example.com',
  properties: {},
  lifecycleStage: null,
  unsubscribedAt: null,
  ...overrides,
});

export const company = (overrides: Partial<CompanyRecord> = {}): CompanyRecord => ({
  id: ACME,
  label: 'Acme',
  domain: 'acme.test',
  properties: {},
  ...overrides,
});

export const thread = (overrides: Partial<ThreadRecord> = {}): ThreadRecord => ({
  id: THREAD,
  contactId: ADA,
  subject: 'Your order',
  lastMessageId: '<m2@example.com>',
  updatedAt: new Date('2026-01-02T00:00:00Z'),
  messageIds: ['<m1@example.com>', '<m2@example.com>'],
  lastInboundAt: null,
  ...overrides,
});

export interface Workspace {
  contacts?: ContactRecord[];
  companies?: CompanyRecord[];
  threads?: ThreadRecord[];
  unsubscribed?: string[];
}

export interface Written {
  notes: { content: string; contactId: string | null; companyId: string | null }[];
  emails: SentEmail[];
  tasks: NewTask[];
  changes: { id: string; [column: string]: unknown }[];
}

/** What an executor may look at in such a workspace, acting as nobody unless `more` says otherwise. */
export const lookupContext = (workspace: Workspace = {}, more: Partial<LookupContext> = {}): LookupContext => ({
  workspaceId: 'w',
  records: recordsOf(workspace),
  identity: null,
  openCredentials: async () => null,
  ...more,
});

/** A workspace in memory; what is written to it is kept in `written`. */
export function recordsOf(workspace: Workspace = {}): WritableRecords & { written: Written } {
  const { contacts = [contact()], companies = [company()], threads = [], unsubscribed = [] } = workspace;
  const written: Written = { notes: [], emails: [], tasks: [], changes: [] };
  return {
    written,
    contact: async (id) => contacts.find((each) => each.id === id) ?? null,
    company: async (id) => companies.find((each) => each.id === id) ?? null,
    unsubscribed: async (addresses) =>
      addresses.map((each) => each.toLowerCase()).filter((each) => unsubscribed.includes(each)),
    thread: async (id) => threads.find((each) => each.id === id) ?? null,
    newestThread: async (id) => threads.findLast((each) => each.contactId === id) ?? null,
    threadOfMessage: async (id) => threads.find(({ messageIds }) => messageIds.includes(id)) ?? null,
    createNote: async (note) => `note_${written.notes.push(note)}`,
    createTask: async (task) => `task_${written.tasks.push(task)}`,
    changeContact: async (id, { properties, lifecycle_stage }) => {
      written.changes.push({ id, properties, lifecycle_stage });
      const before = contacts.find((each) => each.id === id) ?? contact({ id });
      const lifecycleStage = lifecycle_stage ?? before.lifecycleStage;
      return { before, after: { ...before, properties: { ...before.properties, ...properties }, lifecycleStage } };
    },
    changeCompany: async (id, { properties }) => {
      written.changes.push({ id, properties });
      const before = companies.find((each) => each.id === id) ?? company({ id });
      return { before, after: { ...before, properties: { ...before.properties, ...properties } } };
    },
    addSentEmail: async (email) => void written.emails.push(email),
  };
}

/** A run of these params in such a workspace, whose `begin` is let through. */
export const runOf = (
  params: object,
  { workspace, ...more }: { workspace?: Workspace } & Partial<RunContext<never>> = {},
): RunContext<never> => ({
  action: { id: ACTION, workspaceId: 'w', params: params as never, attempt: 1, approval: null },
  records: recordsOf(workspace),
  identity: null,
  credentials: null,
  key: 'k',
  signal: new AbortController().signal,
  begin: async () => undefined,
  ...more,
});
