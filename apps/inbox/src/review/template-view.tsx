import type { Action } from '@proviso/contracts';
import { Field } from '../card/fields.tsx';
import { words } from '../words.ts';
import type { Column, Part, Template } from './template.ts';

const isLong = ({ pieces }: Part): boolean => pieces.some((piece) => typeof piece === 'string' && piece.includes('\n'));

/** What all rows say, with the place of each column in it. */
export function TemplateView({ template: { parts, columns }, action }: { template: Template; action: Action }) {
  const from = action.preview?.fields.find(({ label }) => label === 'From')?.value;
  return (
    <section
      className="bg-panel border-line w-110 shrink-0 overflow-y-auto border-r px-6 py-4 max-lg:w-full max-lg:border-r-0"
      tabIndex={0}
    >
      <p className="text-muted mb-3 text-sm">{words.review.allSay}</p>
      <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-5 gap-y-1">
        {typeof from === 'string' && <Field label="From">{from}</Field>}
        {parts
          .filter((part) => !isLong(part))
          .map((part) => (
            <Field key={part.path} label={part.path}>
              <Pieces part={part} columns={columns} />
            </Field>
          ))}
      </dl>
      {parts.filter(isLong).map((part) => (
        <div key={part.path} className="border-line bg-page my-4 rounded-lg border px-4 py-3 whitespace-pre-wrap">
          <Pieces part={part} columns={columns} />
        </div>
      ))}
      <p className="text-muted text-sm">{words.review.cellHelp}</p>
    </section>
  );
}

const Pieces = ({ part: { pieces }, columns }: { part: Part; columns: Column[] }) =>
  pieces.map((piece, at) =>
    typeof piece === 'string' ? (
      <span key={at}>{piece}</span>
    ) : (
      <strong key={at} className="bg-accent-soft text-accent rounded px-1.5">
        {columns[piece.column]?.name}
      </strong>
    ),
  );
