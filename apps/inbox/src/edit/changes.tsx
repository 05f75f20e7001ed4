import { diffWordsWithSpace } from 'diff';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { fieldId, draftText, type Changed } from './edits.ts';

/** What was changed, word by word. */
export function Changes({ changes }: { changes: Changed[] }) {
  return (
    <section aria-label={words.decide.diff} className="border-line rounded-lg border p-3">
      <h3 className="text-muted mb-1 text-sm font-semibold">{words.decide.diff}</h3>
      <dl className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-5 gap-y-1">
        {changes.map(({ field, before, after }) => (
          <div key={fieldId(field)} className="contents">
            <dt className="text-muted">{readable(field.label)}</dt>
            <dd className="min-w-0 whitespace-pre-wrap">
              <TextDiff before={draftText(field, before)} after={draftText(field, after)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export const TextDiff = ({ before, after }: { before: string; after: string }) =>
  diffWordsWithSpace(before, after).map(({ value, added, removed }, at) => {
    if (added)
      return (
        <ins key={at} className="bg-accent-soft text-accent no-underline">
          {readable(value)}
        </ins>
      );
    if (removed)
      return (
        <del key={at} className="bg-risk-soft text-risk">
          {readable(value)}
        </del>
      );
    return <span key={at}>{readable(value)}</span>;
  });
