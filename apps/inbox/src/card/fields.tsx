import { useState } from 'react';
import type { JsonValue, Preview } from '@proviso/contracts';
import { readable, readableJson } from '../readable.ts';
import { asText, nameIn } from '../waiting/preview-text.ts';
import { words } from '../words.ts';

/** One line of a card: a name and what it is. */
export const Field = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="contents">
    <dt className="text-muted">{readable(label)}</dt>
    <dd className="min-w-0 whitespace-pre-wrap">{children}</dd>
  </div>
);

export function PreviewFields({ fields }: Pick<Preview, 'fields'>) {
  return fields.map(({ label, value, before }, at) => (
    <Field key={`${at} ${label}`} label={nameIn(label)}>
      {before === undefined ? <Value value={value} /> : <Change before={before} after={value} />}
    </Field>
  ));
}

const Change = ({ before, after }: { before: JsonValue; after: JsonValue }) => (
  <>
    <del className="text-muted">
      <Value value={before} />
    </del>
    <span aria-hidden="true"> → </span>
    <ins className="font-semibold no-underline">
      <Value value={after} />
    </ins>
  </>
);

export function Value({ value }: { value: JsonValue }) {
  if (value === null || value === '') return <span className="text-muted">{words.card.nothing}</span>;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return readable(value.map(asText).join(', '));
  if (typeof value === 'object')
    return <pre className="max-h-60 overflow-auto font-mono text-xs whitespace-pre-wrap">{readableJson(value)}</pre>;
  return <LongText text={readable(asText(value))} />;
}

const SHORT_CHARS_MAX = 300;

/** Its beginning, and all of it where it is asked for. */
function LongText({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= SHORT_CHARS_MAX) return text;
  return (
    <>
      {isWhole ? text : `${text.slice(0, SHORT_CHARS_MAX)}… `}
      <button
        type="button"
        className="text-accent underline"
        aria-expanded={isWhole}
        onClick={() => setWhole(!isWhole)}
      >
        {isWhole ? words.card.showLess : words.card.showAll}
      </button>
    </>
  );
}
