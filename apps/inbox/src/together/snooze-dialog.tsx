import { useEffect, useState } from 'react';
import { nearTime } from '../format.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { Modal } from '../shell/modal.tsx';
import { words } from '../words.ts';
import { snoozeTimes } from './snooze-times.ts';

interface SnoozeDialogProps {
  onClose: () => void;
  onSnooze: (until: string | null) => void;
}

/** Until when: one click, or the number of a time. */
export function SnoozeDialog({ onClose, onSnooze }: SnoozeDialogProps) {
  const [times] = useState(() =>
    snoozeTimes(new Date()).map(({ name, until }) => ({ name, until: until?.toISOString() ?? null })),
  );
  useEffect(() => {
    const choose = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      const time = ctrlKey || metaKey || altKey ? undefined : times[Number(key) - 1];
      if (time) onSnooze(time.until);
    };
    window.addEventListener('keydown', choose);
    return () => window.removeEventListener('keydown', choose);
  }, [times, onSnooze]);
  const { snoozeTitle, snoozeHelp, snoozeTimes: names } = words.together;
  return (
    <Modal title={snoozeTitle} onClose={onClose}>
      <p className="text-muted mb-3">{snoozeHelp}</p>
      <div className="flex flex-col gap-2">
        {times.map(({ name, until }, at) => (
          <button key={name} type="button" className="button justify-start" onClick={() => onSnooze(until)}>
            <KeyCap>{String(at + 1)}</KeyCap> {names[name]}
            {until && <span className="text-muted ml-auto text-sm">{nearTime(until)}</span>}
          </button>
        ))}
      </div>
    </Modal>
  );
}
