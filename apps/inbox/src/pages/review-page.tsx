import { Link, useSearch } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useMemo, useState } from 'react';
import { barClass, goClass } from '../card/action-bar.tsx';
import { undoLatest } from '../decide/decide.ts';
import { RejectDialog } from '../decide/reject-dialog.tsx';
import { KeyCap } from '../keys/key-cap.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { readable } from '../readable.ts';
import { useRunName } from '../list/section-header.tsx';
import { ReviewTable } from '../review/review-table.tsx';
import { TemplateView } from '../review/template-view.tsx';
import { useReview } from '../review/use-review.ts';
import { useDecides } from '../shell/use-session.ts';
import { words } from '../words.ts';

/** Many proposals of one type from one run: the template that they share, and what varies. */
export function ReviewPage() {
  const { type, agent, run } = useSearch({ from: '/shell/review' });
  const filter = useMemo(() => ({ type, agent, run, newestFirst: false }), [type, agent, run]);
  const review = useReview(filter);
  const runName = useRunName(run);
  const { template, isLoading, waiting } = review;
  const [first] = template.rows;
  const standOut = template.rows.filter(({ flags }) => flags.length > 0).length;
  const text = words.review;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="border-line flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-6 py-2.5">
        <Link to="/" search={{}} className="text-muted inline-flex items-center gap-1">
          <ArrowLeft size={14} aria-hidden="true" /> {text.back}
        </Link>
        <h1 className="text-lg font-bold">{text.title(template.rows.length, words.typeOf(type ?? ''))}</h1>
        {first && (
          <span className="pill bg-chip text-muted">
            {readable(first.action.created_by.name)}
            {runName && ` · ${words.list.run(runName)}`}
          </span>
        )}
        <p className="text-muted ml-auto text-sm">
          {text.summary(template.rows.length - standOut)} ·{' '}
          {standOut > 0 && <strong className="text-warn">{text.standOut(standOut)} · </strong>}
          {text.each}
        </p>
      </header>
      {isLoading && <p className="text-muted p-6">{text.loading(waiting.rows.length)}</p>}
      {!isLoading && !first && <p className="text-muted p-6">{text.none}</p>}
      {!isLoading && first && (
        <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
          <TemplateView review={review} action={first.action} />
          <ReviewTable review={review} />
        </div>
      )}
      {!isLoading && first && <ReviewBar review={review} />}
    </div>
  );
}

function ReviewBar({ review }: { review: ReturnType<typeof useReview> }) {
  const [isRejecting, setRejecting] = useState(false);
  const decides = useDecides();
  const { approve, reject, left } = words.review;
  const [ticked, crossed, later] = [review.marked('tick'), review.marked('cross'), review.marked('leave')].map(
    ({ length }) => length,
  ) as [number, number, number];
  useKeys({
    a: () => decides && ticked > 0 && void review.approve(),
    r: () => decides && crossed > 0 && setRejecting(true),
    z: undoLatest,
    u: () => history.back(),
  });
  return (
    <div className={barClass}>
      <button
        type="button"
        className={goClass}
        disabled={ticked === 0 || !decides}
        onClick={() => void review.approve()}
      >
        {approve(ticked, review.changedCommons)} <KeyCap onGo>a</KeyCap>
      </button>
      <button
        type="button"
        className="button text-risk"
        disabled={crossed === 0 || !decides}
        onClick={() => setRejecting(true)}
      >
        {reject(crossed)} <KeyCap>r</KeyCap>
      </button>
      <span className="text-muted">{left(later)}</span>
      {isRejecting && (
        <RejectDialog
          count={crossed}
          onClose={() => setRejecting(false)}
          onReject={(comment) => {
            setRejecting(false);
            void review.reject(comment);
          }}
        />
      )}
    </div>
  );
}
