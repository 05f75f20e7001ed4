// The one place that makes the texts of previews readable: what is shown is what would be sent, in a form that people
// can judge. Held by packages/core/test/unit/readable-preview.test.ts.
import { preview as previewShape, type JsonObject, type JsonValue, type Preview } from '@proviso/contracts';
import { Findings } from './findings.ts';
import { agentLabel } from './label.ts';
import { readableHtml } from './readable-html.ts';
import { readableText } from './readable-text.ts';
import { markInvisible } from './invisible.ts';

const TITLE_CHARS_MAX = 300;
const SUMMARY_CHARS_MAX = 200;
const LABEL_CHARS_MAX = 160;
const VALUE_CHARS_MAX = 20_000;
const WARNING_CHARS_MAX = 1_000;

/** The preview that an executor rendered, as people see it. */
export function readablePreview({ title, summary, fields, body, warnings = [] }: Preview): Preview {
  const findings = new Findings();
  const line = (text: string, place: string, charsMax: number): string =>
    readableText(text, { place, findings, oneLine: true, charsMax });
  const readable = {
    title: line(title, 'title', TITLE_CHARS_MAX),
    ...(summary !== undefined && { summary: readableLine(summary, SUMMARY_CHARS_MAX) }), // its parts are found below
    fields: fields.map(({ label, value, before }) => {
      const readableLabel = line(label, 'labels', LABEL_CHARS_MAX);
      const show = (given: JsonValue): JsonValue => readableValue(given, readableLabel, findings);
      return { label: readableLabel, value: show(value), ...(before !== undefined && { before: show(before) }) };
    }),
    ...(body && { body: readableBody(body, findings) }),
  };
  const all = [...warnings.map((warning) => line(warning, 'warnings', WARNING_CHARS_MAX)), ...findings.warnings()];
  return { ...readable, ...(all.length > 0 && { warnings: all }) };
}

/**
 * A preview that an agent rendered for a workspace's tool, of any shape. None of its labels reads like one of the
 * service's.
 */
export function readableAgentPreview(given: JsonObject): JsonObject {
  const { success, data } = previewShape.safeParse(given);
  if (success) {
    const fields = data.fields.map((field) => ({ ...field, label: agentLabel(field.label) }));
    return { ...given, ...(readablePreview({ ...data, fields }) as unknown as JsonObject) };
  }
  const findings = new Findings();
  const readable = readableValue(given, 'preview', findings) as JsonObject;
  const warnings = findings.warnings();
  if (warnings.length === 0) return readable;
  const own = readable.warnings;
  return { ...readable, warnings: [...(Array.isArray(own) ? own : own === undefined ? [] : [own]), ...warnings] };
}

/** A line that another service says about itself, such as an account's name. */
export const readableLine = (text: string, charsMax: number): string =>
  readableText(text, { place: 'text', findings: new Findings(), oneLine: true, charsMax });

const readableBody = (body: NonNullable<Preview['body']>, findings: Findings): NonNullable<Preview['body']> => {
  const where = { place: 'body', findings, oneLine: false };
  return 'html' in body ? { html: readableHtml(body.html, where) } : { text: readableText(body.text, where) };
};

function readableValue(value: JsonValue, place: string, findings: Findings): JsonValue {
  if (typeof value === 'string')
    return readableText(value, { place, findings, oneLine: true, charsMax: VALUE_CHARS_MAX });
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => readableValue(each, place, findings));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      readableKey(key, place, findings),
      readableValue(each, place, findings),
    ]),
  );
}

/** Leaves out nothing of a key, so that no two keys become the same. */
function readableKey(key: string, place: string, findings: Findings): string {
  const { text, marked } = markInvisible(key, { spaces: true });
  if (marked) findings.markedIn(place);
  return text.replaceAll('\n', '⏎');
}
