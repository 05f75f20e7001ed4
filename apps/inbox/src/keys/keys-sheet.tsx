import { words } from '../words.ts';
import { Modal } from '../shell/modal.tsx';
import { KeyCap } from './key-cap.tsx';
import { switchKeys, useKeysOn } from './use-keys.ts';

/** All keys, and the switch for those that stand alone. */
export function KeysSheet({ onClose }: { onClose: () => void }) {
  const on = useKeysOn();
  const { title, list, turnOff, turnOn } = words.keysSheet;
  return (
    <Modal title={title} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
        {list.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <KeyCap>{keys}</KeyCap>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button mt-4" onClick={() => switchKeys(!on)}>
        {on ? turnOff : turnOn}
      </button>
    </Modal>
  );
}
