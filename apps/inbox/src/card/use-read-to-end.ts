import { useEffect, useState, type RefObject } from 'react';
import type { Action } from '@proviso/contracts';
import { riskRules } from '../api/queries.ts';
import { isHighRisk } from '../waiting/risk.ts';

type Shown = Pick<Action, 'action_id' | 'params_hash' | 'card_digest'>;

const keyOf = ({ action_id, params_hash, card_digest }: Shown): string => `${action_id} ${params_hash} ${card_digest}`;

/** The proposals whose cards were read to the end in this tab, each as it was shown. */
const read = new Set<string>();

/** Whether it is of high risk, and its card has not been read to the end: then nothing approves it. */
export const mustBeRead = (action: Action): boolean => isHighRisk(action, riskRules()) && !read.has(keyOf(action));

/**
 * Whether the end of the card has been on the screen, for this proposal as it is shown. The end of a form does not count,
 * nor does the end before a mail has its height.
 */
export function useReadToEnd(scroller: RefObject<HTMLElement | null>, action: Action, isCard: boolean): boolean {
  const shown = keyOf(action);
  const [, setCount] = useState(0);
  useEffect(() => {
    const root = scroller.current;
    const end = root?.querySelector('[data-end-of-card]');
    if (!root || !end || !isCard) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const isSeen = entries.some(({ isIntersecting }) => isIntersecting);
        if (!isSeen || root.querySelector('[data-loading]')) return;
        read.add(shown);
        setCount(read.size);
      },
      { root },
    );
    const watch = (): void => {
      observer.unobserve(end);
      observer.observe(end);
    };
    watch();
    root.addEventListener('load', watch, true); // of a frame: load events do not bubble
    return () => {
      root.removeEventListener('load', watch, true);
      observer.disconnect();
    };
  }, [scroller, shown, isCard]);
  return read.has(shown);
}
