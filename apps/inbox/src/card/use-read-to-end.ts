import { useEffect, useState, type RefObject } from 'react';
import type { Action } from '@proviso/contracts';

/** Whether the end of the card has been on the screen, for this proposal as it is shown. */
export function useReadToEnd(scroller: RefObject<HTMLElement | null>, { action_id, params_hash }: Action): boolean {
  const shown = `${action_id} ${params_hash}`;
  const [read, setRead] = useState('');
  useEffect(() => {
    const root = scroller.current;
    const end = root?.querySelector('[data-end-of-card]');
    if (!root || !end) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setRead(shown),
      { root },
    );
    observer.observe(end);
    return () => observer.disconnect();
  }, [scroller, shown]);
  return read === shown;
}
