import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { words } from '../words.ts';
import { Modal } from './modal.tsx';

/** Every place and command by its name. */
export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const { nav } = words;
  const go =
    (to: string, search: object = {}) =>
    () =>
      void navigate({ to, search });
  const commands: [string, () => void][] = [
    [nav.waiting, go('/')],
    [nav.questions, go('/', { type: 'escalate_to_human' })],
    [nav.unknown, go('/unknown')],
    [nav.actions, go('/actions')],
    [nav.insight, go('/insight')],
    [nav.settings, go('/settings')],
    [words.keysSheet.title, onKeys],
  ];
  const found = commands.filter(([name]) => name.toLowerCase().includes(text.trim().toLowerCase()));
  const run = (command: (() => void) | undefined): void => {
    onClose();
    command?.();
  };
  return (
    <Modal title={nav.commands} onClose={onClose}>
      <input
        className="field mb-2"
        aria-label={nav.commands}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === 'Enter' && run(found[0]?.[1])}
      />
      <ul>
        {found.map(([name, command]) => (
          <li key={name}>
            <button
              type="button"
              className="hover:bg-accent-soft w-full rounded px-2 py-1.5 text-left"
              onClick={() => run(command)}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
