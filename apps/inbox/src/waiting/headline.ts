// What a row says in its first line: what will happen, to whom. From the card that the executor drew, never from an
// agent's words. Held by apps/inbox/test/unit/headline.test.ts.
import type { Action, JsonValue, Preview } from '@proviso/contracts';

export interface Headline {
  title: string;
  /** What tells it from others of its kind, such as a subject; empty = nothing does. */
  detail: string;
}

const CHARS_MAX = 160;

type Told = Pick<Action, 'type' | 'preview' | 'params'>;

export function headlineOf({ type, preview }: Told): Headline {
  const drawn = preview ?? { title: type, fields: [] };
  const of = (label: string): string => asText(drawn.fields.find((field) => field.label === label)?.value);
  const opening = openingOf(drawn);
  switch (type) {
    case 'escalate_to_human':
      return { title: questionIn(drawn) || drawn.title, detail: '' };
    case 'create_task':
      return { title: `Task: ${of('Title')}`, detail: of('Contact') };
    case 'create_note':
      return { title: `Note on ${of('Contact') || of('Company')}`, detail: opening };
    case 'update_lifecycle_stage':
      return { title: `${of('Contact')}: ${changeOf(drawn, 'Lifecycle stage')}`, detail: '' };
    case 'update_contact':
    case 'update_company':
      return { title: `${of('Contact') || of('Company')}: ${changesOf(drawn)}`, detail: '' };
    default:
      return { title: drawn.title, detail: of('Subject') || opening };
  }
}

/** A question’s first line, which is mostly all of it. */
function questionIn({ body }: Preview): string {
  const text = body && 'text' in body ? body.text : '';
  return (text.trim().split('\n')[0] ?? '').slice(0, CHARS_MAX);
}

/** How the text begins that somebody will read. */
export function openingOf(preview: Preview | null): string {
  const body = preview?.body;
  if (!body) return '';
  const text = 'text' in body ? body.text : body.html.replaceAll(/<[^<>]*>/gu, ' ');
  return text
    .slice(0, CHARS_MAX * 2)
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .slice(0, CHARS_MAX);
}

function changeOf({ fields }: Preview, label: string): string {
  const field = fields.find((one) => one.label === label);
  if (!field) return label;
  return field.before === undefined
    ? asText(field.value)
    : `${asText(field.before) || '∅'} → ${asText(field.value) || '∅'}`;
}

function changesOf(drawn: Preview): string {
  const changed = drawn.fields.filter(({ label }) => /^\w+\[/.test(label));
  return changed
    .map(({ label }) => `${nameIn(label)} ${changeOf(drawn, label)}`)
    .join(', ')
    .slice(0, CHARS_MAX);
}

/** `properties["title"]` is the property `title`. */
export const nameIn = (label: string): string => /^\w+\["(.*)"\]$/.exec(label)?.[1] ?? label;

export function asText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
