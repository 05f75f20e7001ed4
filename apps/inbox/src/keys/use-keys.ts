import { useEffect, useRef, useSyncExternalStore } from 'react';
import { createKeybindingsHandler, type KeyBindingMap } from 'tinykeys';

const STORED = 'proviso.single-keys';
const listeners = new Set<() => void>();

const areKeysOn = (): boolean => localStorage.getItem(STORED) !== 'off';

export function switchKeys(on: boolean): void {
  localStorage.setItem(STORED, on ? 'on' : 'off');
  for (const changed of listeners) changed();
}

export const useKeysOn = (): boolean =>
  useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, areKeysOn);

const isTyping = ({ target }: Event): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** A dialog keeps the keys to itself. */
const isInDialog = (): boolean => document.querySelector('[role="dialog"],[role="alertdialog"]') !== null;

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** Single keys, as in a mail program: none while somebody types, none where they are switched off. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  const names = Object.keys(keys).join('\n');
  useEffect(() => {
    const bindings: KeyBindingMap = Object.fromEntries(
      names.split('\n').map((name) => [
        name,
        (event: KeyboardEvent) => {
          const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
          if (!hasModifier && (isTyping(event) || isInDialog() || !areKeysOn())) return;
          event.preventDefault();
          latest.current[name]?.(event);
        },
      ]),
    );
    const handler = createKeybindingsHandler(bindings);
    window.addEventListener('keydown', handler);
    return () => window.removeEventListener('keydown', handler);
  }, [names]);
}
