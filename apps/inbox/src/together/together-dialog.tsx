import type { Action } from '@proviso/contracts';
import { AssignDialog } from './assign-dialog.tsx';
import { assign, snooze } from './put-off.ts';
import { SnoozeDialog } from './snooze-dialog.tsx';

interface TogetherDialogProps {
  kind: 'snooze' | 'assign';
  action: Action;
  onClose: () => void;
  onSnooze: () => void;
}

/** Puts the proposal off, or hands it over. */
export function TogetherDialog({ kind, action, onClose, onSnooze }: TogetherDialogProps) {
  if (kind === 'snooze')
    return (
      <SnoozeDialog
        onClose={onClose}
        onSnooze={(until) => {
          onClose();
          onSnooze();
          void snooze(action, until);
        }}
      />
    );
  return (
    <AssignDialog
      assignee={action.assignee}
      onClose={onClose}
      onAssign={(userId) => {
        onClose();
        void assign(action, userId);
      }}
    />
  );
}
