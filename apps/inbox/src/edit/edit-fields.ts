// Which params of which type a reviewer may change in a form, and how each is written. What is not listed here stays as
// it is. Held by apps/inbox/test/unit/edits.test.ts.
import type { Action, Contact, JsonObject, JsonValue } from '@proviso/contracts';
import { own } from '../own.ts';

type FieldKind = 'line' | 'lines' | 'html' | 'addresses' | 'number' | 'flag' | 'choice' | 'json';

export interface EditField {
  /** The param, and within an object param the key in it. */
  name: string;
  key?: string;
  label: string;
  kind: FieldKind;
  choices?: readonly string[];
}

const line = (name: string, label: string): EditField => ({ name, label, kind: 'line' });
const lines = (name: string, label: string): EditField => ({ name, label, kind: 'lines' });
const html = (name: string): EditField => ({ name, label: 'HTML', kind: 'html' });
const addresses = (name: string, label: string): EditField => ({ name, label, kind: 'addresses' });

const STAGES: NonNullable<Contact['lifecycle_stage']>[] = [
  'lead',
  'prospect',
  'mql',
  'sql',
  'opportunity',
  'customer',
  'evangelist',
  'subscriber',
  'other',
];

const FIELDS: Record<string, EditField[]> = {
  create_note: [lines('content', 'Note')],
  create_task: [line('title', 'Title'), lines('description', 'Description'), line('due_date', 'Due')],
  email_message: [
    line('email', 'To'),
    addresses('cc', 'Cc'),
    addresses('bcc', 'Bcc'),
    line('subject', 'Subject'),
    lines('message', 'Text'),
    html('html'),
  ],
  linkedin_connection: [line('linkedin_url', 'Profile'), lines('message', 'Note')],
  resend_create_broadcast: [
    line('name', 'Name'),
    line('from', 'From'),
    addresses('reply_to', 'Reply to'),
    line('subject', 'Subject'),
    line('preview_text', 'Preview text'),
    lines('text', 'Text'),
    html('html'),
    { name: 'send', label: 'Send at once', kind: 'flag' },
  ],
  resend_create_contact: [
    line('email', 'Email'),
    line('first_name', 'First name'),
    line('last_name', 'Last name'),
    { name: 'unsubscribed', label: 'Unsubscribed', kind: 'flag' },
  ],
  resend_send_email: [
    line('from', 'From'),
    addresses('to', 'To'),
    addresses('cc', 'Cc'),
    addresses('bcc', 'Bcc'),
    addresses('reply_to', 'Reply to'),
    line('subject', 'Subject'),
    lines('text', 'Text'),
    html('html'),
  ],
  send_slack_message: [line('channel', 'Channel'), lines('message', 'Message')],
  sync_to_crm: [{ name: 'associate', label: 'Tie the contact to the company', kind: 'flag' }],
  update_lifecycle_stage: [{ name: 'lifecycle_stage', label: 'Lifecycle stage', kind: 'choice', choices: STAGES }],
  update_contact: [],
  update_company: [],
  mcp_tool_call: [],
};

/** Whether the type is a tool of the workspace, whose params have a schema of their own. */
export const isTool = (type: string): boolean => !Object.hasOwn(FIELDS, type);

/** Params that are objects of named values, each of which is a field. */
const SPREAD: Record<string, string> = {
  update_contact: 'properties',
  update_company: 'properties',
  resend_create_contact: 'properties',
  sync_to_crm: 'properties',
  mcp_tool_call: 'arguments',
};

/** In the order of the form. A type that is not built in gets a field for each of its params. */
export function editFieldsOf({ type, params }: Pick<Action, 'type' | 'params'>): EditField[] {
  const known = own(FIELDS, type);
  if (!known) return named(params).map(([name, value]) => ({ name, label: name, kind: kindOf(value) }));
  const spread = own(SPREAD, type);
  const inside = spread === undefined ? undefined : params[spread];
  const present = known.filter((field) => field.kind !== 'html' || params[field.name] !== undefined);
  if (spread === undefined || !isObject(inside)) return present;
  return [...present, ...named(inside).map(([key, value]) => ({ name: spread, key, label: key, kind: kindOf(value) }))];
}

const named = (object: JsonObject): [string, JsonValue][] =>
  Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1));

const LINE_CHARS_MAX = 80;

export function kindOf(value: JsonValue): FieldKind {
  if (typeof value === 'boolean') return 'flag';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return value.length > LINE_CHARS_MAX || value.includes('\n') ? 'lines' : 'line';
  return 'json';
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
