import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { settingsQuery } from '../api/queries.ts';
import { Modal } from '../shell/modal.tsx';
import { words } from '../words.ts';

interface RejectDialogProps {
  count: number;
  onClose: () => void;
  onReject: (comment: string) => void;
}

/** A reason, in one click or in words. */
export function RejectDialog({ count, onClose, onReject }: RejectDialogProps) {
  const [text, setText] = useState('');
  const ofWorkspace = useQuery(settingsQuery).data?.reject_presets ?? [];
  const { rejectTitle, rejectTitleMany, rejectHelp, presets, reason, reject, rejectMany, cancel } = words.decide;
  return (
    <Modal title={count === 1 ? rejectTitle : rejectTitleMany(count)} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onReject(text.trim());
        }}
      >
        <p className="text-muted mb-3">{rejectHelp}</p>
        <div className="mb-3 flex flex-wrap gap-2">
          {(ofWorkspace.length > 0 ? ofWorkspace : presets).map((preset) => (
            <button key={preset} type="button" className="button" onClick={() => setText(preset)}>
              {preset}
            </button>
          ))}
        </div>
        <label className="block">
          <span className="text-muted text-sm">{reason}</span>
          <textarea
            className="field mt-1"
            rows={3}
            autoFocus
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.shiftKey) {
                event.preventDefault();
                onReject(text.trim());
              }
            }}
          />
        </label>
        <div className="mt-4 flex gap-2.5">
          <button type="submit" className="button text-risk font-semibold">
            {count === 1 ? reject : rejectMany(count)}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {cancel}
          </button>
        </div>
      </form>
    </Modal>
  );
}
