import { useState } from 'react';
import type { Action } from '@proviso/contracts';
import type { DecisionRequest } from '../api/actions.ts';
import { useKeys } from '../keys/use-keys.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { goClass } from './action-bar.tsx';

/** The answer is an edit of the question; one in the reviewer's own words, beside given options, is a comment. */
export function Question({ action, onAnswer }: { action: Action; onAnswer: (decision: DecisionRequest) => void }) {
  const [text, setText] = useState('');
  const options = Array.isArray(action.params.options) ? action.params.options.map(String) : [];
  const choose = (answer: string): void => onAnswer({ action: 'edit', edits: { answer } });
  useKeys(Object.fromEntries(options.slice(0, 9).map((option, at) => [String(at + 1), () => choose(option)])));
  const sendOwn = (): void => {
    if (text.trim() === '') return;
    if (options.length > 0) onAnswer({ action: 'approve', comment: text });
    else choose(text);
  };
  return (
    <section aria-label={words.card.question} className="my-4">
      <div className="flex flex-wrap gap-2">
        {options.map((option, at) => (
          <button
            key={option}
            type="button"
            className="button border-accent text-accent font-semibold"
            onClick={() => choose(option)}
          >
            {at < 9 && <KeyCap>{String(at + 1)}</KeyCap>} {readable(option)}
          </button>
        ))}
      </div>
      <label className="mt-3 block">
        <span className="text-muted text-sm">{words.card.ownAnswer}</span>
        <textarea className="field mt-1" rows={2} value={text} onChange={({ target }) => setText(target.value)} />
      </label>
      <button type="button" className={`${goClass} mt-2`} disabled={text.trim() === ''} onClick={sendOwn}>
        {words.decide.answer}
      </button>
    </section>
  );
}
