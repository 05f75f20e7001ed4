import { useQuery } from '@tanstack/react-query';
import type { Action } from '@proviso/contracts';
import { inWords } from '../api/client.ts';
import { reviewersQuery } from '../api/queries.ts';
import { Modal } from '../shell/modal.tsx';
import { useSession } from '../shell/use-session.ts';
import { words } from '../words.ts';
import { readable } from '../readable.ts';

interface AssignDialogProps {
  assignee: Action['assignee'];
  onClose: () => void;
  onAssign: (userId: string | null) => void;
}

/** Who should decide. It gives nobody a right, and takes none away. */
export function AssignDialog({ assignee, onClose, onAssign }: AssignDialogProps) {
  const { data: reviewers = [], error } = useQuery(reviewersQuery);
  const me = useSession();
  const { assignTitle, assignHelp, anybody, you } = words.together;
  return (
    <Modal title={assignTitle} onClose={onClose}>
      <p className="text-muted mb-3">{assignHelp}</p>
      {error && (
        <p role="alert" className="text-risk">
          {inWords(error)}
        </p>
      )}
      <div className="flex max-h-80 flex-col gap-2 overflow-y-auto">
        {assignee && (
          <button type="button" className="button justify-start" onClick={() => onAssign(null)}>
            {anybody}
          </button>
        )}
        {reviewers
          .filter(({ user_id }) => user_id !== assignee?.id)
          .map(({ user_id, name }) => (
            <button key={user_id} type="button" className="button justify-start" onClick={() => onAssign(user_id)}>
              {user_id === me?.user_id ? you(readable(name)) : readable(name)}
            </button>
          ))}
      </div>
    </Modal>
  );
}
