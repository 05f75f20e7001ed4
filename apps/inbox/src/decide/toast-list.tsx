import { useEffect, useState } from 'react';
import { useToasts, dismiss, type Toast } from './toasts.ts';

const SECOND_MS = 1_000;

/** What was just done, and what can still be done about it: over the list, never over the card and its buttons. */
export function ToastList() {
  const toasts = useToasts();
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed bottom-24 left-4 z-40 flex w-86 flex-col gap-2 max-md:top-1 max-md:right-3 max-md:bottom-auto max-md:left-3 max-md:w-auto max-md:[&>*:not(:last-child)]:hidden lg:w-140"
    >
      {toasts.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastItem({ toast: { id, text, tone, offer } }: { toast: Toast }) {
  const left = useSecondsLeft(offer?.until);
  return (
    <div
      role={tone === 'failure' ? 'alert' : undefined}
      className="enter bg-toast text-toast-ink pointer-events-auto flex max-w-xl items-center gap-4 rounded-lg px-4 py-2.5 shadow-lg"
    >
      <span className="min-w-0">{text}</span>
      {offer && left > 0 && (
        <button
          type="button"
          className="min-h-[34px] font-semibold whitespace-nowrap"
          onClick={() => {
            dismiss(id);
            offer.take();
          }}
        >
          {offer.label}
          {offer.isUndo && <span className="tabular-nums"> {left} s</span>}
        </button>
      )}
    </div>
  );
}

function useSecondsLeft(until: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (until === undefined) return;
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS / 4);
    return () => clearInterval(timer);
  }, [until]);
  return until === undefined ? 0 : Math.ceil((until - now) / SECOND_MS);
}
