import { X } from 'lucide-react';
import { useState } from 'react';
import { leavesOf } from '../card/uncovered.ts';
import { readable } from '../readable.ts';
import { asText, summaryOf } from '../waiting/preview-text.ts';
import { words } from '../words.ts';
import type { Flag } from './flags.ts';
import type { Row } from './template.ts';
import type { Review } from './use-review.ts';

/** A row a proposal, a column a part that varies; what stands out is on top and not ticked. */
export function ReviewTable({ review }: { review: Review }) {
  const { columns, rows } = review.template;
  return (
    <div className="min-w-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label={words.review.table}>
      <table className="w-full border-collapse text-sm [overflow-wrap:break-word]">
        <thead className="bg-page text-muted sticky top-0 z-10 text-left">
          <tr className="border-line border-b">
            <th scope="col" className="px-2.5 py-2">
              <span className="sr-only">{words.review.decide}</span>
            </th>
            {columns.map(({ path, name }, at) => (
              <th key={`${path} ${at}`} scope="col" className="px-2.5 py-2 font-semibold" title={path}>
                {readable(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ReviewRow key={row.action.action_id} row={row} review={review} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ReviewRow({ row, review }: { row: Row; review: Review }) {
  const [isWhole, setWhole] = useState(false);
  const mark = review.markOf(row);
  const title = summaryOf(row.action);
  const ofRow = row.flags.filter(({ column }) => column === null);
  const tone = row.flags.length > 0 ? 'bg-warn-soft' : '';
  const crossed = mark === 'cross' ? 'text-muted line-through' : '';
  return (
    <>
      <tr className={`border-line border-b align-top ${tone} ${crossed}`}>
        <td className="px-2.5 py-1.5 whitespace-nowrap">
          <input
            type="checkbox"
            className="size-4 align-middle"
            aria-label={words.review.tick(title)}
            checked={mark === 'tick'}
            onChange={() => review.mark(row, mark === 'tick' ? 'leave' : 'tick')}
          />
          <button
            type="button"
            aria-label={words.review.cross(title)}
            aria-pressed={mark === 'cross'}
            className={`ml-1.5 rounded p-1 align-middle ${mark === 'cross' ? 'bg-risk-soft text-risk' : 'text-muted'}`}
            onClick={() => review.mark(row, mark === 'cross' ? 'leave' : 'cross')}
          >
            <X size={13} aria-hidden="true" />
          </button>
        </td>
        {review.template.columns.map((_, column) => (
          <td key={column} className="max-w-100 min-w-24 px-2.5 py-1.5">
            <Cell row={row} column={column} review={review} />
            {row.flags
              .filter((flag) => flag.column === column)
              .map((flag) => (
                <FlagPill key={flag.kind} flag={flag} />
              ))}
            {column === 0 && ofRow.map((flag) => <FlagPill key={`${flag.kind} ${flag.detail}`} flag={flag} />)}
            {column === 0 && row.flags.length > 0 && (
              <button
                type="button"
                className="ml-1 text-xs underline"
                aria-expanded={isWhole}
                onClick={() => setWhole(!isWhole)}
              >
                {words.review.readAll}
              </button>
            )}
          </td>
        ))}
      </tr>
      {isWhole && <WholeRow row={row} columns={review.template.columns.length} />}
    </>
  );
}

function Cell({ row, column, review }: { row: Row; column: number; review: Review }) {
  const [isEditing, setEditing] = useState(false);
  const before = row.cells[column];
  const text = review.textOf(row, column);
  if (before === null || before === undefined) return <span className="text-muted">{words.review.structure} </span>;
  const label = words.review.cell(review.template.columns[column]?.name ?? '', summaryOf(row.action));
  if (isEditing)
    return (
      <textarea
        className="field"
        rows={Math.min(8, Math.ceil(text.length / 40) + 1)}
        autoFocus
        aria-label={label}
        value={text}
        onChange={({ target }) => review.write(row, column, target.value)}
        onBlur={() => setEditing(false)}
        onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
      />
    );
  return (
    <button
      type="button"
      className="min-h-5 w-full text-left whitespace-pre-wrap"
      aria-label={`${label}: ${readable(text)}`}
      onClick={() => setEditing(true)}
    >
      {text === before ? (
        readable(text)
      ) : (
        <ins className="bg-accent-soft text-accent no-underline">{readable(text) || words.card.nothing}</ins>
      )}
    </button>
  );
}

function FlagPill({ flag: { kind, detail } }: { flag: Flag }) {
  const { flags } = words.review;
  const text = kind === 'warning' ? detail : kind === 'length' ? flags.length(detail) : flags[kind];
  return <span className="pill bg-risk-soft text-risk mr-1 inline-block max-w-full truncate align-middle">{text}</span>;
}

const WholeRow = ({ row, columns }: { row: Row; columns: number }) => (
  <tr className="border-line bg-panel border-b">
    <td />
    <td colSpan={columns} className="px-2.5 py-2">
      {leavesOf(row.action.params).map(({ path, value }) => (
        <p key={path} className="mb-1 whitespace-pre-wrap">
          <strong className="text-muted">{readable(path)}</strong> {readable(asText(value))}
        </p>
      ))}
    </td>
  </tr>
);
