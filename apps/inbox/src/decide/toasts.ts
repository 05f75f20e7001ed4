import { useSyncExternalStore } from 'react';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'failure';
  /** What can still be done about it, and until when by this machine's clock. */
  offer?: { label: string; until: number; isUndo: boolean; take: () => void } | undefined;
}

const STAYS_MS = 6_000;
const FAILURE_STAYS_MS = 15_000;
/** The oldest leave first when decisions come quickly. */
const SHOWN_MAX = 3;

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const changed of listeners) changed();
}

const subscribe = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

export const useToasts = (): readonly Toast[] => useSyncExternalStore(subscribe, () => toasts);

export function dismiss(id: number): void {
  set(toasts.filter((shown) => shown.id !== id));
}

/** Shows it; resolves nothing, and goes by itself once its offer is over. */
export function toast({
  text,
  tone = 'plain',
  offer,
}: Omit<Toast, 'id' | 'tone'> & Partial<Pick<Toast, 'tone'>>): void {
  const id = ++last;
  set([...toasts, { id, text, tone, offer }].slice(-SHOWN_MAX));
  const stays = tone === 'failure' ? FAILURE_STAYS_MS : STAYS_MS;
  setTimeout(() => dismiss(id), offer ? Math.max(stays, offer.until - Date.now()) : stays);
}
