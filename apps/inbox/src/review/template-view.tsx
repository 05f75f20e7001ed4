import { useState } from 'react';
import type { Action } from '@proviso/contracts';
import { Field } from '../card/fields.tsx';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { TextDiff } from '../edit/changes.tsx';
import { pieceId, type Part } from './template.ts';
import type { Review } from './use-review.ts';

const isLong = ({ pieces }: Part): boolean => pieces.some((piece) => typeof piece === 'string' && piece.includes('\n'));

/** What all rows say, with the place of each column in it; what is written here is written into each ticked row. */
export function TemplateView({ review, action }: { review: Review; action: Action }) {
  const from = action.preview?.fields.find(({ label }) => label === 'From')?.value;
  const parts = review.template.parts.map((part, at) => ({ part, at }));
  return (
    <section
      aria-label={words.review.template}
      className="bg-panel border-line w-110 shrink-0 overflow-y-auto border-r px-6 py-4 max-lg:w-full max-lg:border-r-0"
      tabIndex={0}
    >
      <p className="text-muted mb-3 text-sm">{words.review.allSay}</p>
      <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-5 gap-y-1">
        {typeof from === 'string' && <Field label="From">{from}</Field>}
        {parts
          .filter(({ part }) => !isLong(part))
          .map(({ part, at }) => (
            <Field key={part.path} label={part.path}>
              <Pieces part={part} at={at} review={review} />
            </Field>
          ))}
      </dl>
      {parts
        .filter(({ part }) => isLong(part))
        .map(({ part, at }) => (
          <div key={part.path} className="border-line bg-page my-4 rounded-lg border px-4 py-3 whitespace-pre-wrap">
            <Pieces part={part} at={at} review={review} />
          </div>
        ))}
      <p className="text-muted text-sm">{words.review.cellHelp}</p>
    </section>
  );
}

const Pieces = ({ part: { pieces }, at, review }: { part: Part; at: number; review: Review }) =>
  pieces.map((piece, place) =>
    typeof piece === 'string' ? (
      <Common key={place} id={pieceId(at, place)} piece={piece} review={review} />
    ) : (
      <strong key={place} className="bg-accent-soft text-accent rounded px-1.5">
        {review.template.columns[piece.column]?.name}
      </strong>
    ),
  );

/** Words that all rows have; a click makes them a field. */
function Common({ id, piece, review }: { id: string; piece: string; review: Review }) {
  const [isEditing, setEditing] = useState(false);
  const text = review.commonOf(id, piece);
  const label = words.review.common(piece.trim());
  if (isEditing)
    return (
      <textarea
        className="field"
        rows={Math.min(12, text.split('\n').length + 1)}
        autoFocus
        aria-label={label}
        value={text}
        onChange={({ target }) => review.writeCommon(id, piece, target.value)}
        onBlur={() => setEditing(false)}
        onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
      />
    );
  if (piece.trim() === '') return <span>{readable(piece)}</span>;
  const edit = (): void => setEditing(true);
  // A button is a box, also with display: inline: text of several lines would be drawn in the wrong order.
  return (
    <span
      role="button"
      tabIndex={0}
      className="hover:bg-chip cursor-text whitespace-pre-wrap"
      aria-label={label}
      onClick={edit}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        edit();
      }}
    >
      {text === piece ? readable(piece) : <TextDiff before={piece} after={text} />}
    </span>
  );
}
