// From what stands in a form to the edits that are sent. Held by apps/inbox/test/unit/edits.test.ts.
import type { JsonObject, JsonValue } from '@proviso/contracts';
import { own } from '../own.ts';
import { isObject, kindOf, type EditField } from './edit-fields.ts';

/** By field id, what stands in its input; a flag as 'true' or 'false'. */
export type Draft = Record<string, string>;

export const fieldId = ({ name, key }: Pick<EditField, 'name' | 'key'>): string =>
  key === undefined ? name : `${name}.${key}`;

export function valueOf(params: JsonObject, { name, key }: EditField): JsonValue | undefined {
  const value = own(params, name);
  if (key === undefined) return value;
  return isObject(value) ? own(value, key) : undefined;
}

/** The value as its input shows it. */
export function draftText(field: EditField, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return field.kind === 'flag' ? 'false' : '';
  if (field.kind === 'addresses') return (Array.isArray(value) ? value : [value]).map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

export interface Changed {
  field: EditField;
  before: JsonValue | undefined;
  /** Null takes the field out. */
  after: JsonValue;
}

export interface Edits {
  edits: JsonObject;
  changes: Changed[];
  /** By field id, why what stands there cannot be sent. */
  faults: Record<string, 'json' | 'number'>;
}

/** Only what differs from the params; the types of values stay. */
export function editsOf(params: JsonObject, fields: EditField[], draft: Draft): Edits {
  const edits: JsonObject = {};
  const changes: Changed[] = [];
  const faults: Edits['faults'] = {};
  for (const field of fields) {
    const before = valueOf(params, field);
    const text = own(draft, fieldId(field));
    if (text === undefined || text === draftText(field, before)) continue;
    const read = readDraft(field, text, before);
    if ('fault' in read) {
      faults[fieldId(field)] = read.fault;
      continue;
    }
    changes.push({ field, before, after: read.value });
    if (field.key === undefined) edits[field.name] = read.value;
    else edits[field.name] = withKey(wholeOf(own(edits, field.name) ?? own(params, field.name)), field.key, read.value);
  }
  return { edits, changes, faults };
}

/** The params as a schema's form leaves them: each that differs is sent whole, and one that is gone as null. */
export function editsOfParams(before: JsonObject, after: JsonObject): Edits {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changes = names
    .filter((name) => !isSame(own(before, name), own(after, name)))
    .map((name): Changed => {
      const value = own(after, name) ?? null;
      return {
        field: { name, label: name, kind: kindOf(own(before, name) ?? value) },
        before: own(before, name),
        after: value,
      };
    });
  return {
    edits: Object.fromEntries(changes.map(({ field, after: value }) => [field.name, value])),
    changes,
    faults: {},
  };
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, at) => isSame(item, other[at]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => isSame(own(one, name), own(other, name)));
}

/** In an object of named values null has a meaning of its own, such as to delete: what is emptied is left out. */
function withKey(whole: JsonObject, key: string, value: JsonValue): JsonObject {
  const { [key]: _, ...others } = whole;
  return value === null ? others : { ...whole, [key]: value };
}

const wholeOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});

type Read = { value: JsonValue } | { fault: 'json' | 'number' };

function readDraft({ kind }: EditField, text: string, before: JsonValue | undefined): Read {
  if (kind === 'flag') return { value: text === 'true' };
  if (text.trim() === '') return { value: null };
  if (kind === 'addresses') return { value: readAddresses(text, before) };
  if (kind === 'number') return Number.isFinite(Number(text)) ? { value: Number(text) } : { fault: 'number' };
  if (kind !== 'json') return { value: text };
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return { fault: 'json' };
  }
}

/** A list stays a list, and one address stays a text. */
function readAddresses(text: string, before: JsonValue | undefined): JsonValue {
  const all = text
    .split(/[,;\n]/u)
    .map((one) => one.trim())
    .filter(Boolean);
  const [only] = all;
  return all.length === 1 && only !== undefined && !Array.isArray(before) ? only : all;
}
